package import CommandGrammar
import MatrixCore
import PolicyEngine
import Protections

package struct BanCommand: ModeratorCommand {
    private static let entity = Parameter(
        "entity",
        .entity,
        "a user, server or room, or a glob such as @*:evil.example"
    )
    private static let list = OptionalParameter(
        "list",
        .list,
        "the policy list to write to; may be left out where there is only one to choose"
    )
    private static let reason = RestOfText("reason", "why; shown to whoever is banned")

    package static let description = CommandDescription(
        "ban",
        "bans a user, a server or a room by a rule in a policy list",
        arguments: [entity, list, reason],
        examples: ["ban @spam:evil.example coc spam", "ban evil.example coc a server of spammers"]
    )

    private let entity: Entity
    private let list: ListReference?
    /// The word that may be the list or the beginning of the reason.
    private let listWord: String
    private let reason: String

    package init(_ arguments: ParsedArguments) {
        entity = arguments[Self.entity]
        list = arguments[Self.list]
        listWord = arguments.items.count > 1 ? arguments.items[1] : ""
        reason = arguments[Self.reason]
    }

    package func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep {
        var round = 0
        let kind: PolicyKind
        let name: String
        switch entity {
        case .user(let pattern): (kind, name) = (.user, pattern.description)
        case .server(let pattern): (kind, name) = (.server, pattern.description)
        case .room(let reference):
            switch Resolving.resolve(reference, answers, &round, context) {
            case .room(let room, _): (kind, name) = (.room, room.rawValue)
            case .step(let step): return step
            }
        }
        if let problem = harm(kind, name, context) { return problem }

        let list: RoomID
        let reason: String
        switch choose(kind, answers, &round, context) {
        case .list(let room, let text): (list, reason) = (room, text)
        case .step(let step): return step
        }
        let draft = PolicyDraft.ban(kind, name, reason: reason)
        guard let written = answers[round]?.first else {
            return .ask([.sendState(draft.eventType, key: draft.stateKey, content: draft.content, in: list)])
        }
        if let step = written.refusal("I cannot write to \(list)") { return step }
        return .succeed {
            "Wrote the rule to \(context.listName(list)): \(code: name) is banned for \(code: reason.isEmpty ? "no reason" : reason)."
            if let note = note(kind, name, context) { note }
        }
    }

    private enum Choice {
        case list(RoomID, reason: String)
        case step(CommandStep)
    }

    private func choose(
        _ kind: PolicyKind,
        _ answers: CommandAnswers,
        _ round: inout Int,
        _ context: CommandContext
    ) -> Choice {
        if let list, let room = context.watchedList(list) { return .list(room, reason: reason) }
        if case .room(let reference)? = list {
            switch Resolving.resolve(reference, answers, &round, context) {
            case .room(let room, _): return .list(room, reason: reason)
            case .step(let step): return .step(step)
            }
        }
        let writable = context.writableLists(kind)
        // A word that names no list is the beginning of the reason, where there is no list to choose.
        let whole = [listWord, reason].filter { !$0.isEmpty }.joined(separator: " ")
        if writable.count == 1 { return .list(writable[0], reason: whole) }
        return .step(
            .fail {
                if writable.isEmpty {
                    "There is no policy list that I may write to. Make one: \(code: "\(context.program) list create coc coc")"
                } else {
                    if listWord.isEmpty {
                        "Name the list to write to:"
                    } else {
                        "No watched list is called \(code: listWord). These are there:"
                    }
                    Block.list(
                        writable.map { room in
                            context.policies[room]?.shortcode.map { "\(code: $0) (\(room))" } ?? "\(room)"
                        }
                    )
                }
            }
        )
    }

    /// What nobody can want.
    private func harm(_ kind: PolicyKind, _ name: String, _ context: CommandContext) -> CommandStep? {
        switch kind {
        case .user where equalByBytes(name, context.bot.user.rawValue): .fail { "That is me." }
        case .server where equalByBytes(name, context.bot.user.server.rawValue):
            .fail { "\(code: name) is my own server: an ACL that denies it would shut out everyone on it, me too." }
        case .room where context.bot.managementRoom.map({ equalByBytes($0.rawValue, name) }) == true:
            .fail { "That is this room." }
        case .user, .server, .room: nil
        }
    }

    private func note(_ kind: PolicyKind, _ name: String, _ context: CommandContext) -> Phrase? {
        guard kind == .user, let user = try? UserID(parsing: name), context.isSpared(user) else { return nil }
        return "\(user) has joined this room and is spared as long as that is so."
    }
}
