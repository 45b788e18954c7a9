package import CommandGrammar
import MatrixCore
import PolicyEngine
import Protections
import RoomState

package struct WatchCommand: ModeratorCommand {
    private static let list = Parameter("policy room", .room, "a policy list: its ID, an alias or a link")
    private static let noConfirm = Flag("no-confirm", "watches at once, without showing first what that would do")

    package static let description = CommandDescription(
        "watch",
        "puts the rules of a policy list in force",
        arguments: [list, noConfirm],
        examples: ["watch #community-moderation-effort-bl:example.org"]
    )

    private let reference: RoomReference
    private let isConfirmed: Bool

    package init(_ arguments: ParsedArguments) {
        reference = arguments[Self.list]
        isConfirmed = arguments[Self.noConfirm]
    }

    package func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep {
        var round = 0
        let room: RoomID
        let via: [ServerName]
        switch Resolving.resolve(reference, answers, &round, context) {
        case .room(let id, let servers):
            if answers[round] == nil, context.bot.watches(id) {
                return .fail { "\(context.listName(id)) is watched already." }
            }
            via = servers
            switch Resolving.join(RoomReference(id, via: via), answers, &round, context) {
            case .room(let joined, _): room = joined
            case .step(let step): return step
            }
        case .step(let step): return step
        }
        guard isConfirmed else { return preview(room, answers[round]?.first, context) }
        let servers = via.isEmpty ? [context.bot.user.server] : via
        guard let written = answers[round]?.first else {
            return .ask([.changeAccountData(.watch(room, via: servers))])
        }
        if let step = written.refusal("I cannot note that \(room) is to be watched") { return step }
        return .succeed { "\(context.phrase(room)) is watched now." }
    }

    private func preview(_ room: RoomID, _ loaded: RequestResult?, _ context: CommandContext) -> CommandStep {
        guard let loaded else { return .ask([.loadState(room)]) }
        if let step = loaded.refusal("I cannot read the rules of \(room)") { return step }
        guard let list = context.previews[room] else {
            return .fail { "I was interrupted. Please repeat the command." }
        }
        let effect = WatchEffect(of: list, context)
        return .preview {
            "\(context.phrase(room)) has \(counted(list.count, "rule"))."
            if !list.malformed.isEmpty {
                "\(counted(list.malformed.count, "rule")) cannot be read and will be ignored."
            }
            if effect.users.isEmpty {
                "Nobody who is present would be banned."
            } else {
                Block.details("\(counted(effect.users.count, "user")) who are present would be banned") {
                    Block.list(effect.users.prefix(50).map { "\(code: $0.rawValue)" })
                }
            }
            if !effect.servers.isEmpty {
                Block.details("\(counted(effect.servers.count, "server")) would be denied") {
                    Block.list(effect.servers.prefix(50).map { "\(code: $0)" })
                }
            }
            if !effect.held.isEmpty {
                Block.details("\(counted(effect.held.count, "rule")) would be held, because they hit many") {
                    Block.list(effect.held.prefix(50).map(\.summary))
                }
            }
            "To watch it: \(code: "\(context.program) watch \(room) --no-confirm")"
        }
    }
}

extension CommandContext {
    /// The bot, and whoever has joined this room, unless anyone may.
    func isSpared(_ user: UserID) -> Bool { bot.spares(user, rooms) }
}

package struct UnwatchCommand: ModeratorCommand {
    private static let list = Parameter("list", .list, "a watched list: its short name, ID, an alias or a link")

    package static let description = CommandDescription(
        "unwatch",
        "takes the rules of a policy list out of force; bans stay, server ACLs are set anew",
        arguments: [list],
        examples: ["unwatch coc", "unwatch #community-moderation-effort-bl:example.org"]
    )

    private let reference: ListReference

    package init(_ arguments: ParsedArguments) { reference = arguments[Self.list] }

    package func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep {
        var round = 0
        let room: RoomID
        switch reference {
        case .shortcode(let shortcode):
            guard let list = context.policies.list(named: shortcode)?.room else {
                if answers[0] != nil { return .succeed { "The list is not watched any more." } }
                return .fail { "No watched list has the short name \(code: shortcode)." }
            }
            room = list
        case .room(let reference):
            switch Resolving.resolve(reference, answers, &round, context) {
            case .room(let id, _): room = id
            case .step(let step): return step
            }
        }
        if let written = answers[round]?.first {
            if let step = written.refusal("I cannot note that \(room) is not to be watched any more") { return step }
            return .succeed { "\(context.phrase(room)) is not watched any more. I am still in it." }
        }
        guard context.bot.watches(room) else {
            return .fail {
                "\(context.phrase(room)) is not watched; \(code: "\(context.program) status") lists those that are."
            }
        }
        var names: [RoomReference.Name] = [.id(room)]
        names += context.bot.resolved.filter { $0.value == room }.map { .alias($0.key) }
        return .ask([.changeAccountData(.unwatch(names))])
    }
}
