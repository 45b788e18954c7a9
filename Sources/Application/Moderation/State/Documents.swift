import Commands
import JSON
import MatrixCore

/// The names of the small documents that the store keeps.
enum DocumentName: Hashable {
    /// The account that the database belongs to.
    case account
    case managementRoom
    case joinedRooms
    case resolvedAliases
    case heldRules
    case accountData(EventType)
    case ownACLEntries(RoomID)
    case run(EventID)
    case paused
    case protectedRoomCount
    /// Rules that were read and not judged yet.
    case unjudgedRules
    case finishedCommands

    private static let accountDataPrefix = "account_data/"
    private static let ownACLPrefix = "own_acl_entries/"
    private static let runPrefix = "run/"

    var text: String {
        switch self {
        case .account: "account"
        case .managementRoom: "management_room"
        case .joinedRooms: "joined_rooms"
        case .resolvedAliases: "resolved_aliases"
        case .heldRules: "held_rules"
        case .paused: "paused"
        case .protectedRoomCount: "protected_room_count"
        case .unjudgedRules: "unjudged_rules"
        case .finishedCommands: "finished_commands"
        case .accountData(let type): Self.accountDataPrefix + type.rawValue
        case .ownACLEntries(let room): Self.ownACLPrefix + room.rawValue
        case .run(let event): Self.runPrefix + event.rawValue
        }
    }

    init?(_ text: String) {
        func rest(_ prefix: String) -> String? {
            text.utf8.starts(with: prefix.utf8) ? String(text.utf8.dropFirst(prefix.utf8.count)) : nil
        }
        switch text {
        case "account": self = .account
        case "management_room": self = .managementRoom
        case "joined_rooms": self = .joinedRooms
        case "resolved_aliases": self = .resolvedAliases
        case "held_rules": self = .heldRules
        case "paused": self = .paused
        case "protected_room_count": self = .protectedRoomCount
        case "unjudged_rules": self = .unjudgedRules
        case "finished_commands": self = .finishedCommands
        default:
            if let type = rest(Self.accountDataPrefix) {
                self = .accountData(EventType(rawValue: type))
            } else if let room = rest(Self.ownACLPrefix).flatMap({ try? RoomID(parsing: $0) }) {
                self = .ownACLEntries(room)
            } else if let event = rest(Self.runPrefix).flatMap({ try? EventID(parsing: $0) }) {
                self = .run(event)
            } else {
                return nil
            }
        }
    }
}

extension ModerationState {
    /// Writes a document with the decision in hand; nil removes it.
    mutating func write(_ name: DocumentName, _ content: JSONValue?) {
        draft.documents.updateValue(content?.encoded(), forKey: name.text)
    }

    /// Once for all rooms that one answer of sync names.
    mutating func writeJoinedRooms() {
        guard joinedRoomsChanged else { return }
        joinedRoomsChanged = false
        write(.joinedRooms, .array(bot.joined.sorted().map { .string($0.rawValue) }))
    }

    mutating func writeResolvedAliases() {
        var object = JSONObject()
        for (alias, room) in bot.resolved { object[alias.rawValue] = .string(room.rawValue) }
        write(.resolvedAliases, .object(object))
    }
}
