import JSON
import MatrixCore
import Moderation
import Patterns

/// PL-2, PL-4 and PL-6: what the rules of the lists say.
extension DoctorFacts {
    fileprivate struct Rule {
        let entity: String
        let recommendation: String
        let reason: String
        let type: String
        let list: RoomID

        init?(_ event: StateEvent, _ list: RoomID) {
            guard case .string(let entity)? = event.content["entity"] else { return nil }
            self.entity = entity
            self.list = list
            type = event.type.rawValue
            recommendation = if case .string(let text)? = event.content["recommendation"] { text } else { "" }
            reason = if case .string(let text)? = event.content["reason"] { text } else { "" }
        }

        var bans: Bool { ["m.ban", "org.matrix.mjolnir.ban"].contains(recommendation) }
        var isAboutServers: Bool { type.hasSuffix("server") }
        var isAboutUsers: Bool { type.hasSuffix("user") }
    }

    private var rules: [Rule] { lists.flatMap { list in list.policies.compactMap { Rule($0, list.room) } } }

    /// Rules that hit the bot, the moderators or their servers.
    func selfHarm(_ user: UserID) -> [CheckResult] {
        let room = managementRoom.flatMap { rooms[$0] }
        let staff = (room?.members.filter { [.join, .invite].contains($0.value) }.map(\.key).sorted() ?? []) + [user]
        let hits: [CheckResult] = rules.filter(\.bans).compactMap { rule in
            let glob = Glob(rule.entity, foldsASCIICase: rule.isAboutServers)
            let hit = staff.first { member in
                rule.isAboutUsers
                    ? glob.matches(member.rawValue) : rule.isAboutServers && glob.matches(member.server.host)
            }
            guard let hit else { return nil }
            return .fail(
                "PL-2",
                rule.list.rawValue,
                "the rule on \(rule.entity) hits \(hit), who commands the bot or is the bot",
                cure: ["take the rule off the list, or do not watch the list"]
            )
        }
        guard hits.isEmpty else { return Array(hits.prefix(10)) }
        return [.ok("PL-2", "\(rules.count) rule(s)", "none hits the bot, the moderators or their servers")]
    }

    var unknownRules: CheckResult {
        let known = ["m.ban", "org.matrix.mjolnir.ban", "org.matrix.msc4204.takedown", "m.takedown"]
        let others = rules.filter { !known.contains($0.recommendation) }
        guard let first = others.first else {
            return .ok("PL-4", "\(rules.count) rule(s)", "each recommends what the bot knows")
        }
        return .warn(
            "PL-4",
            first.list.rawValue,
            "\(others.count) rule(s) recommend what the bot does not act on, such as “\(first.recommendation)”",
            cure: ["nothing: they are left alone, and never taken for a ban"]
        )
    }

    /// Reasons that stand on five rules or more, a guess at “often”, and redact nothing.
    var reasons: CheckResult {
        let patterns = settings.automaticallyRedactForReasons.map { Glob($0, foldsASCIICase: true) }
        let counts = Dictionary(grouping: rules.filter { $0.bans && !$0.reason.isEmpty }, by: \.reason).mapValues(
            \.count
        )
        let unmatched = counts.filter { reason, count in count >= 5 && !patterns.contains { $0.matches(reason) } }
        guard !unmatched.isEmpty else {
            return .ok("PL-6", "automaticallyRedactForReasons", "covers the frequent reasons")
        }
        let shown = unmatched.sorted { $0.value > $1.value }.prefix(3).map { "“\($0.key.prefix(60))” (\($0.value))" }
            .joined(separator: ", ")
        return .warn(
            "PL-6",
            "automaticallyRedactForReasons",
            "these frequent reasons redact nothing: \(shown)",
            cure: ["add them where messages should go too"]
        )
    }
}
