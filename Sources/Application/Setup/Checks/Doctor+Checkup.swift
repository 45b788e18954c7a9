package import Moderation

/// For a running bot: what it cannot see by itself.
extension Doctor: Checkup {
    /// What rooms and lists tell is left out: the bot follows them live.
    private static let areas = ["OS-", "NET-", "TOK-", "ACC-", "ADM-", "RL-", "HK-"]

    package func failures() async -> [FailedCheck] {
        await facts(readsRooms: false).results.filter { result in
            result.grade == .fail && Self.areas.contains { result.code.hasPrefix($0) }
        }.map { result in
            let cure = result.cure.first.map { ". Cure: \($0.drop { $0 == " " })" } ?? ""
            return FailedCheck(code: result.code, text: "\(result.object): \(result.cause)\(cure)")
        }
    }
}
