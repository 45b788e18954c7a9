import Commands
import JSON
import MatrixCore
import Protections

/// How the bot comes to its management room: the configured one, the one that it made before, or a new one.
///
/// Asked again from the beginning with every answer, like a command.
struct ManagementRoomSearch {
    enum Next: Equatable {
        case ask([Action])
        case found(RoomID)
        /// It cannot be had; the text says why and what cures it.
        case failed(String)
    }

    let choice: BotSettings.ManagementRoomChoice
    let bot: Bot

    func next(_ answers: CommandAnswers) -> Next {
        switch choice {
        case .unset: .failed("No management room is configured: set managementRoom or initialManager.")
        case .room(let reference): configured(reference, answers)
        case .madeFor(let manager):
            if let own = bot.ownManagementRoom { recorded(own, answers) } else { made(for: manager, answers) }
        }
    }

    private func configured(_ reference: RoomReference, _ answers: CommandAnswers) -> Next {
        switch reference.name {
        case .id(let room): return joined(RoomReference(room, via: reference.via), room, answers[0])
        case .alias(let alias):
            guard let answer = answers[0]?.first else { return .ask([.resolve(alias)]) }
            guard case .room(let room, let via) = answer else {
                return .failed(
                    "The management room \(alias) cannot be found: \(answer.problem). Correct managementRoom."
                )
            }
            return joined(RoomReference(room, via: via), room, answers[1])
        }
    }

    private func joined(_ reference: RoomReference, _ room: RoomID, _ answer: [RequestResult]?) -> Next {
        if bot.joined.contains(room) { return .found(room) }
        guard let answer = answer?.first else { return .ask([.join(reference)]) }
        guard case .room(let joined, _) = answer else {
            return .failed(
                "I cannot join the management room \(room): \(answer.problem). Invite \(bot.user) there, then start me again."
            )
        }
        return .found(joined)
    }

    /// The room that the account data names: it is joined again where the bot is not in it any more.
    private func recorded(_ room: RoomID, _ answers: CommandAnswers) -> Next {
        if bot.joined.contains(room) { return .found(room) }
        guard let answer = answers[0]?.first else { return .ask([.join(RoomReference(room))]) }
        guard case .room(let joined, _) = answer else {
            return .failed(
                "I cannot join \(room), the management room that I made: \(answer.problem). Invite \(bot.user) there again, or "
                    + "set managementRoom to another room instead of initialManager."
            )
        }
        return .found(joined)
    }

    private func made(for manager: UserID, _ answers: CommandAnswers) -> Next {
        guard let version = answers[0]?.first else { return .ask([.askRoomVersion]) }
        guard let room = answers[1]?.first else {
            return .ask([
                .createRoom(.managementRoom(for: [manager], bot: bot.user, version: version.roomVersion))
            ])
        }
        guard case .room(let made, _) = room else {
            return .failed("I cannot make a management room for \(manager): \(room.problem).")
        }
        // Before anything else is made, so that a crash does not leave a second one behind.
        guard let recorded = answers[2]?.first else {
            return .ask([.changeAccountData(.noteManagementRoom(made, via: [bot.user.server]))])
        }
        if recorded.failure != nil {
            return .failed("I made the management room \(made) but cannot record it: \(recorded.problem).")
        }
        return .found(made)
    }
}

extension RequestResult {
    fileprivate var problem: String {
        switch self {
        case .failed(_, let message): message
        case .simulated: "this is a dry run, which joins and makes no room"
        case .done, .event, .room, .version: "the answer is not what was asked for"
        }
    }
}
