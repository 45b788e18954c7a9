import JSON
import MatrixCore
import Moderation
import Patterns

extension DoctorFacts {
    /// PL: policy lists.
    var listChecks: [CheckResult] {
        guard let user else { return [] }
        return [watching(user)] + selfHarm(user) + aclSizes + [unknownRules] + standing + [reasons]
    }

    private var lists: [RoomPicture] { watched.compactMap { listRooms[$0] }.compactMap { rooms[$0] } }

    private func watching(_ user: UserID) -> CheckResult {
        guard !watched.isEmpty else {
            return .warn(
                "PL-1",
                "watched lists",
                "the bot watches no list, so it bans nobody",
                cure: ["in the management room: !draupnir list create coc coc"]
            )
        }
        let isWritable = lists.contains { list in
            list.authority.power(of: user)
                >= .level(list.authority.effectiveLevels.levelToSend(state: EventType(rawValue: "m.policy.rule.user")))
        }
        guard isWritable else {
            return .warn(
                "PL-1",
                "watched lists",
                "the bot may write to none of the \(watched.count) lists that it watches",
                cure: ["make one: !draupnir list create coc coc"]
            )
        }
        return .ok("PL-1", "\(watched.count) list(s)", "watched, and at least one can be written to")
    }

    private struct Rule {
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
    private func selfHarm(_ user: UserID) -> [CheckResult] {
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

    /// An event holds 64 KiB at the most; beyond 48 KiB it is a matter of time.
    private var aclSizes: [CheckResult] {
        let large = protected.compactMap { rooms[$0] }.filter { $0.serverACLSize > 48 << 10 }
        guard !large.isEmpty else {
            return [.ok("PL-3", "\(protected.count) room(s)", "server ACLs are far from the size limit")]
        }
        return large.map {
            .warn(
                "PL-3",
                $0.room.rawValue,
                "the server ACL has \($0.serverACLSize >> 10) KiB of 64",
                cure: ["take rules on dead servers off the lists"]
            )
        }
    }

    private var unknownRules: CheckResult {
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

    private var standing: [CheckResult] {
        var results: [CheckResult] = []
        for reference in watched {
            guard let room = listRooms[reference] else {
                results.append(
                    .fail(
                        "PL-5",
                        reference.text,
                        "the list cannot be found",
                        cure: ["unwatch it: !draupnir unwatch \(reference.text)"]
                    )
                )
                continue
            }
            if let picture = rooms[room], picture.isReplaced {
                let successor = picture.successor?.rawValue ?? "its successor"
                results.append(
                    .warn(
                        "PL-5",
                        room.rawValue,
                        "the list was replaced by \(successor)",
                        cure: ["!draupnir watch \(successor)", "!draupnir unwatch \(room)"]
                    )
                )
            } else if joined?.contains(room) == false {
                results.append(
                    .fail(
                        "PL-5",
                        room.rawValue,
                        "the bot is not in the list's room, so changes do not reach it",
                        cure: ["invite the bot there, or unwatch the list"],
                        fix: .join(room)
                    )
                )
            }
        }
        return results.isEmpty ? [.ok("PL-5", "\(watched.count) list(s)", "every list is current")] : results
    }

    /// Reasons that stand on five rules or more, a guess at “often”, and redact nothing.
    private var reasons: CheckResult {
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
