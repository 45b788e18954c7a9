package import CommandGrammar
import JSON
import MatrixCore
import PolicyEngine
import Protections
import RoomState

package struct UnbanCommand: ModeratorCommand {
    private static let entity = Parameter("entity", .entity, "a user, server or room, or a glob")
    private static let legacy = OptionalParameter("true", .choice("true"), "ignored; Mjolnir asked for it")
    private static let invite = Flag("invite", "invites them back to the rooms they were banned or removed from")
    private static let noConfirm = Flag("no-confirm", "does it at once, without showing first what that would be")
    private static let legacyFlag = Flag("true", "ignored", isHidden: true)

    package static let description = CommandDescription(
        "unban",
        "removes every rule that bans them, and their bans in protected rooms",
        arguments: [entity, legacy, invite, noConfirm, legacyFlag],
        examples: ["unban @somebody:example.org", "unban @somebody:example.org --invite --no-confirm"]
    )

    private let entity: Entity
    private let isInviting: Bool
    private let isConfirmed: Bool

    package init(_ arguments: ParsedArguments) {
        entity = arguments[Self.entity]
        isInviting = arguments[Self.invite]
        isConfirmed = arguments[Self.noConfirm]
    }

    package func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep {
        var round = 0
        let plan: UnbanPlan
        let name: String
        switch entity {
        case .user(let pattern):
            plan = UnbanPlan(pattern, inviting: isInviting, context)
            name = pattern.description
        case .server(let pattern):
            name = pattern.description
            let rules = (try? ServerName(parsing: name)).map { context.policies.matches(server: $0) } ?? []
            plan = UnbanPlan(rulesFor: rules + context.policies.rules(of: .server, named: name, besides: rules))
        case .room(let reference):
            switch Resolving.resolve(reference, answers, &round, context) {
            case .room(let room, _):
                name = room.rawValue
                plan = UnbanPlan(rulesFor: context.policies.matches(room: room))
            case .step(let step): return step
            }
        }
        guard isConfirmed else { return preview(plan, name, context) }
        return carryOut(plan, name, answers, round, context)
    }

    private func preview(_ plan: UnbanPlan, _ name: String, _ context: CommandContext) -> CommandStep {
        guard !plan.isEmpty else {
            return .fail {
                "No watched list bans \(code: name), and nobody of that name is banned in a protected room."
            }
        }
        return .preview {
            "To unban \(code: name):"
            if !plan.rules.isEmpty {
                "\(counted(plan.rules.count, "rule")) would be removed:"
                Block.list(plan.rules.prefix(50).map { "\($0.summary), in \(context.listName($0.source.list))" })
            }
            "\(counted(plan.members.count, "user")) would be unbanned."
            Block.list(plan.members.prefix(50)) { member in
                "\(member.user) in \(counted(member.bannedIn.count, "room"))\(invitations(member))"
            }
            "To do it: \(code: "\(context.program) unban \(name)\(isInviting ? " --invite" : "") --no-confirm")"
        }
    }

    private func invitations(_ member: UnbanPlan.Member) -> Phrase {
        isInviting ? ", and invited to \(counted(member.inviteTo.count, "room"))" : ""
    }

    /// Rules first, and whom that frees is remembered; then bans are lifted, and last invitations are sent: while a rule
    /// stands, whoever is present is banned again.
    private func carryOut(
        _ plan: UnbanPlan,
        _ name: String,
        _ answers: CommandAnswers,
        _ round: Int,
        _ context: CommandContext
    ) -> CommandStep {
        guard let removals = answers.answered(round) else { return removeRules(plan, name, context) }
        guard !removals.contains(where: { $0.result.failure != nil }) else { return report(removals) }
        let users = (answers.memo(round) ?? "").utf8.split(separator: UInt8(ascii: "\n"))
            .compactMap { try? UserID(parsing: String(Substring($0))) }
        guard let unbans = answers.answered(round + 1) else {
            return .ask(users.flatMap { user in UnbanPlan.bans(of: user, context).map { .unban(user, in: $0) } })
        }
        guard isInviting else { return report(removals + unbans) }
        guard let invitations = answers.answered(round + 2) else {
            return .ask(users.flatMap { invitations(to: $0, context) })
        }
        return report(removals + unbans + invitations)
    }

    private func removeRules(_ plan: UnbanPlan, _ name: String, _ context: CommandContext) -> CommandStep {
        guard !plan.isEmpty else {
            return .fail {
                "No watched list bans \(code: name), and nobody of that name is banned in a protected room."
            }
        }
        let closed = Set(plan.rules.filter { !context.canWrite($0.kind, in: $0.source.list) }.map(\.source.list))
        guard closed.isEmpty else {
            return .fail {
                "Nothing was done: I may not write to \(closed.count == 1 ? "a list" : "lists") with rules that ban them."
                Block.list(closed.sorted().map { context.listName($0) })
                "Give me the power to write there, or unwatch the list."
            }
        }
        let blanks = plan.rules.flatMap { rule in
            (context.policies[rule.source.list]?.rules(of: rule.kind, stateKey: rule.source.stateKey) ?? [rule]).map {
                Action.sendState($0.source.eventType, key: $0.source.stateKey, content: [:], in: $0.source.list)
            }
        }
        return .ask(blanks, memo: plan.freed.map(\.rawValue).joined(separator: "\n"))
    }

    private func invitations(to user: UserID, _ context: CommandContext) -> [Action] {
        context.rooms.rooms(of: user)
            .filter { $0.record.membership == .leave && $0.record.wasSetByOther && context.bot.protects($0.room) }
            .map(\.room).sorted().map { .invite(user, in: $0) }
    }

    private func report(_ answered: [Answered]) -> CommandStep {
        func done(_ verb: String) -> Int { answered.count { $0.action.verb == verb && $0.result.failure == nil } }
        let failures = answered.compactMap { one in one.result.failure.map { (one.action, $0) } }
        let document = Document {
            if answered.contains(where: { $0.result == .simulated }) {
                "This is a dry run: nothing was changed. Otherwise:"
            }
            "Removed \(counted(done("state"), "rule")), lifted \(counted(done("unban"), "ban"))"
                + (isInviting ? ", sent \(counted(done("invite"), "invitation"))." : ".")
            if !failures.isEmpty {
                "\(failures.count) could not be done:"
                Block.list(failures.prefix(20).map { action, why in "\(action.summary): \(why)" })
            }
        }
        return .finish(CommandReport(failures.isEmpty ? .success : .failure, document))
    }
}

extension Action {
    /// In a few words, for a list of what could not be done.
    var summary: Phrase {
        switch self {
        case .unban(let user, let room): "unbanning \(user) in \(room)"
        case .invite(let user, let room): "inviting \(user) to \(room)"
        case .kick(let user, let room, _): "kicking \(user) from \(room)"
        case .sendState(_, _, _, let room): "writing to \(room)"
        default: Phrase(verb)
        }
    }
}

extension PolicyIndex {
    /// Rules that are written exactly so, which a glob as an entity does not match.
    func rules(of kind: PolicyKind, named name: String, besides known: [PolicyRule]) -> [PolicyRule] {
        lists.flatMap { list in
            list.rules.filter { rule in
                rule.kind == kind && rule.subject.entity.map { equalByBytes($0, name) } == true && !known.contains(rule)
            }
        }
    }
}
