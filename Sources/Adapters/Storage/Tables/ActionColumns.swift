import FoundationEssentials
import MatrixCore
import Protections
import SQLite

/// An action as the columns of a journal row.
///
/// What comes in waves has columns for all its parts. The rest is one JSON document, `payload`, as `Codable` writes it: a
/// case or a label that was released is never renamed.
struct ActionColumns {
    let verb: String
    let room: String?
    /// The user, or the event, that it is done to.
    let target: String?
    let reason: String?
    let payload: String?

    init(_ action: Action) throws {
        verb = action.verb
        room = action.room?.rawValue
        switch action {
        case .ban(let user, _, let reason), .kick(let user, _, let reason):
            (target, self.reason, payload) = (user.rawValue, reason, nil)
        case .unban(let user, _), .invite(let user, _):
            (target, reason, payload) = (user.rawValue, nil, nil)
        case .redact(let event, let reason, _):
            (target, self.reason, payload) = (event.rawValue, reason, nil)
        case .leave, .loadState:
            (target, reason, payload) = (nil, nil, nil)
        case .setServerACL, .sendState, .sendEvent, .join, .createRoom, .setAccountData, .resolve, .fillGap,
            .askRoomVersion, .changeAccountData:
            (target, reason) = (nil, nil)
            payload = String(decoding: try JSONEncoder().encode(action), as: UTF8.self)
        }
    }

    /// Reads the five columns from `first` on.
    static func action(in row: Row, from first: Int) throws -> Action {
        if let payload = try row.value(first + 4, as: String?.self) {
            return try JSONDecoder().decode(Action.self, from: Data(payload.utf8))
        }
        func room() throws -> RoomID { try row.identifier(first + 1) }
        func user() throws -> UserID { try row.identifier(first + 2) }
        func reason() throws -> String { try row.value(first + 3) }
        return switch try row.value(first, as: String.self) {
        case "ban": .ban(try user(), in: try room(), reason: try reason())
        case "unban": .unban(try user(), in: try room())
        case "kick": .kick(try user(), in: try room(), reason: try reason())
        case "invite": .invite(try user(), in: try room())
        case "redact": .redact(try row.identifier(first + 2), reason: try reason(), in: try room())
        case "leave": .leave(try room())
        case "load_state": .loadState(try room())
        case let verb: throw UnreadableRow.unknownVerb(verb)
        }
    }
}
