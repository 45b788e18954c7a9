package import CommandGrammar
import MatrixCore
import Protections
import RoomState

package struct RoomsCommand: ModeratorCommand {
    package static let description = CommandDescription(
        "rooms",
        "lists the rooms that I protect, and the others that I am in"
    )

    package init(_ arguments: ParsedArguments) {}

    package func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep {
        let bot = context.bot
        let protected = bot.protectedRooms.filter { bot.joined.contains($0) }
        let parted = bot.protectedRooms.filter { !bot.joined.contains($0) }
        let lists = bot.listRooms.filter { !bot.protects($0) }
        let others = bot.joined.filter { !bot.protects($0) && !bot.watches($0) }.sorted()
        return .succeed {
            section("Protected rooms", protected, context) { room in
                let members = context.rooms[room]?.joinedCount ?? 0
                return "\(context.phrase(room)), \(counted(members, "member"))\(note(room, context))"
            }
            section("Protected rooms that I am not in", parted, context) { "\(context.phrase($0))" }
            section("Policy lists that are watched and not protected", lists, context) { "\(context.listName($0))" }
            section("Rooms that I am in and do not protect", others, context) { "\($0)" }
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
    private static let room = Parameter("room", .room, "the room to protect: its ID, an alias or a link")

    package static let description = CommandDescription(
        "rooms add",
        "protects a room: joins it, bans there and sets its server ACL",
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
        if context.bot.protects(room), answers[round] == nil {
            return .succeed { "\(context.phrase(room)) is protected already." }
        }
        guard let written = answers[round]?.first else {
            return .ask([.changeAccountData(.protect(room))])
        }
        if let step = written.refusal("I cannot note that \(room) is to be protected") { return step }
        return .succeed { "\(context.phrase(room)) is protected now." }
    }
}

package struct RoomsRemoveCommand: ModeratorCommand {
    private static let room = Parameter("room", .room, "a protected room")

    package static let description = CommandDescription(
        "rooms remove",
        "protects a room no more, and leaves it; its bans and ACL stay as they are",
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
            return .fail { "This is the room you command me from: I stay in it and protect it." }
        }
        if answers[round] == nil, !context.bot.protectedRoomsData.contains(room) {
            return .fail {
                "\(context.phrase(room)) is not protected; \(code: "\(context.program) rooms") lists those that are."
            }
        }
        guard let written = answers[round]?.first else {
            return .ask([.changeAccountData(.unprotect(room))])
        }
        if let step = written.refusal("I cannot note that \(room) is not to be protected any more") { return step }
        if context.bot.watches(room) {
            return .succeed {
                "\(context.phrase(room)) is not protected any more. I stay in it, since it is a list that I watch."
            }
        }
        guard let left = answers[round + 1]?.first else {
            return context.bot.joined.contains(room)
                ? .ask([.leave(room)]) : .succeed { "\(room) is not protected any more." }
        }
        if let step = left.refusal("\(room) is not protected any more, but I cannot leave it") { return step }
        return .succeed { "\(room) is not protected any more, and I have left it." }
    }
}
