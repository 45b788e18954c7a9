import MatrixCore
import Protections

/// Steps that several commands begin with: an alias becomes a room, and a room is joined.
enum Resolving {
    enum Result {
        case room(RoomID, via: [ServerName])
        /// To be returned by the command as it is.
        case step(CommandStep)
    }

    /// `round` is the number of the next question, and counts on where one is needed.
    static func resolve(
        _ reference: RoomReference,
        _ answers: CommandAnswers,
        _ round: inout Int,
        _ context: CommandContext
    ) -> Result {
        switch reference.name {
        case .id(let room): return .room(room, via: reference.via)
        case .alias(let alias):
            defer { round += 1 }
            guard let answer = answers[round]?.first else { return .step(.ask([.resolve(alias)])) }
            guard case .room(let room, let via) = answer else {
                return .step(answer.refusal("I cannot find \(alias)") ?? .fail { "I cannot find \(alias)." })
            }
            return .room(room, via: via)
        }
    }

    static func join(
        _ reference: RoomReference,
        _ answers: CommandAnswers,
        _ round: inout Int,
        _ context: CommandContext
    ) -> Result {
        if answers[round] == nil, case .id(let room) = reference.name, context.bot.joined.contains(room) {
            // Asking for nothing is answered at once, and keeps the rounds the same after the room was joined.
            return .step(.ask([]))
        }
        guard let round1 = answers[round] else { return .step(.ask([.join(reference)])) }
        round += 1
        guard let answer = round1.first else {
            if case .id(let room) = reference.name { return .room(room, via: reference.via) }
            return .step(.fail { "I cannot find \(reference)." })
        }
        guard case .room(let room, _) = answer else {
            let what =
                "I cannot join \(reference.text). Invite me, or name it by an alias or a link that says where it is"
            return .step(answer.refusal(what) ?? .fail { "\(what)." })
        }
        return .room(room, via: reference.via)
    }
}

extension RequestResult {
    /// The end of a command that needed this done; nil where it was.
    func refusal(_ what: String) -> CommandStep? {
        switch self {
        case .done, .event, .room, .version: nil
        case .failed(_, let message): .fail { "\(what): \(message)." }
        case .simulated:
            .fail { "\(what), because this is a dry run: nothing is changed. Take noop out of my configuration." }
        }
    }
}
