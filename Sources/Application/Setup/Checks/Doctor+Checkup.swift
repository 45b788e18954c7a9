package import Moderation

/// For a running bot: what it cannot see by itself.
extension Doctor: Checkup {
    /// What rooms and lists tell is left out: the bot follows them live.
    private static let areas = ["OS-", "NET-", "TOK-", "ACC-", "ADM-", "RL-", "HK-"]

    package func failures() async -> [FailedCheck] {
        await facts(readsRooms: false).results.filter { result in
            result.grade == .fail && Self.areas.contains { result.code.hasPrefix($0) }
        }.map { result in
            // A line that ends with a colon says nothing without the next.
            let count = result.cure.first?.utf8.last == UInt8(ascii: ":") ? 2 : 1
            let lines = result.cure.prefix(count).map { $0.drop { $0 == " " } }
            let cure = lines.isEmpty ? "" : ". Cure: \(lines.joined(separator: " "))"
            return FailedCheck(code: result.code, text: "\(result.object): \(result.cause)\(cure)")
        }
    }
}
