package import CommandGrammar
import MatrixCore
import Protections
import RoomState

package struct RoomsCommand: ModeratorCommand {
    package static let description = CommandDescription(
        "rooms",
        "lists the rooms that I guard, and the others that I am in"
    )

    package init(_ arguments: ParsedArguments) {}

    package func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep {
        let bot = context.bot
        let guarded = bot.guardedRooms.filter { bot.joined.contains($0) }
        let parted = bot.guardedRooms.filter { !bot.joined.contains($0) }
        let lists = bot.listRooms.filter { !bot.guards($0) }
        let others = bot.joined.filter { !bot.guards($0) && !bot.watches($0) }.sorted()
        return .succeed {
            section("Guarded rooms", guarded, context) { room in
                let members = context.rooms[room]?.joinedCount ?? 0
                return "\(context.phrase(room)), \(counted(members, "member"))\(note(room, context))"
            }
            section("Guarded rooms that I am not in", parted, context) { "\(context.phrase($0))" }
            section("Policy lists that are watched and not guarded", lists, context) { "\(context.listName($0))" }
            section("Rooms that I am in and do not guard", others, context) { "\($0)" }
        }
    }

    private func section(
        _ title: String,
        _ rooms: [RoomID],
        _ context: CommandContext,
        _ line: (RoomID) -> Phrase
    ) -> [Block] {
        rooms.isEmpty ? [] : [.paragraph("\(title): \(rooms.count)"), .list(rooms.map(line))]
    }

    private func note(_ room: RoomID, _ context: CommandContext) -> Phrase {
        if room == context.bot.managementRoom { return " (this room)" }
        if context.bot.watches(room) { return " (a policy list)" }
        return context.status.powerless.contains(room) ? ", where I lack the power to ban" : ""
    }
}

package struct RoomsAddCommand: ModeratorCommand {
    private static let room = Parameter("room", .room, "the room to guard: its ID, an alias or a link")

    package static let description = CommandDescription(
        "rooms add",
        "guards a room: joins it, bans there and sets its server ACL",
        arguments: [room],
        examples: ["rooms add #lobby:example.org", "rooms add !abc:example.org"]
    )

    private let reference: RoomReference

    package init(_ arguments: ParsedArguments) { reference = arguments[Self.room] }

    package func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep {
        var round = 0
        let room: RoomID
        switch Resolving.resolve(reference, answers, &round, context) {
        case .room(let id, let via):
            switch Resolving.join(RoomReference(id, via: via), answers, &round, context) {
            case .room(let joined, _): room = joined
            case .step(let step): return step
            }
        case .step(let step): return step
        }
        if context.bot.guards(room), answers[round] == nil {
            return .succeed { "\(context.phrase(room)) is guarded already." }
        }
        guard let written = answers[round]?.first else {
            return .ask([.changeAccountData(.protect(room))])
        }
        if let step = written.refusal("I cannot note that \(room) is to be guarded") { return step }
        return .succeed { "\(context.phrase(room)) is guarded now." }
    }
}

package struct RoomsRemoveCommand: ModeratorCommand {
    private static let room = Parameter("room", .room, "a guarded room")

    package static let description = CommandDescription(
        "rooms remove",
        "guards a room no more, and leaves it; its bans and ACL stay as they are",
        arguments: [room],
        examples: ["rooms remove #lobby:example.org"]
    )

    private let reference: RoomReference

    package init(_ arguments: ParsedArguments) { reference = arguments[Self.room] }

    package func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep {
        var round = 0
        let room: RoomID
        switch Resolving.resolve(reference, answers, &round, context) {
        case .room(let id, _): room = id
        case .step(let step): return step
        }
        guard room != context.bot.managementRoom else {
            return .fail { "This is the room you command me from: I stay in it and guard it." }
        }
        if answers[round] == nil, !context.bot.protectedRooms.contains(room) {
            return .fail {
                "\(context.phrase(room)) is not guarded; \(code: "\(context.program) rooms") lists those that are."
            }
        }
        guard let written = answers[round]?.first else {
            return .ask([.changeAccountData(.unprotect(room))])
        }
        if let step = written.refusal("I cannot note that \(room) is not to be guarded any more") { return step }
        if context.bot.watches(room) {
            return .succeed {
                "\(context.phrase(room)) is not guarded any more. I stay in it, since it is a list that I watch."
            }
        }
        guard let left = answers[round + 1]?.first else {
            return context.bot.joined.contains(room)
                ? .ask([.leave(room)]) : .succeed { "\(room) is not guarded any more." }
        }
        if let step = left.refusal("\(room) is not guarded any more, but I cannot leave it") { return step }
        return .succeed { "\(room) is not guarded any more, and I have left it." }
    }
}
