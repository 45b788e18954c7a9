import JSON
import MatrixCore
import Moderation
import Observability
import Setup

func user(_ text: String) throws -> UserID { try UserID(parsing: text) }
func room(_ text: String) throws -> RoomID { try RoomID(parsing: text) }

/// A room's state: the creator's, its power levels and whoever is in it.
func picture(
    _ id: String = "!room:a.org",
    version: String = "11",
    creator: String = "@owner:a.org",
    levels: JSONValue? = nil,
    members: [(String, String)] = [],
    _ more: [(String, JSONValue)] = []
) throws -> RoomPicture {
    let owner = try user(creator)
    var state = [StateEvent(type: .create, key: "", sender: owner, content: ["room_version": .string(version)])]
    if let levels { state.append(StateEvent(type: .powerLevels, key: "", sender: owner, content: levels)) }
    for (member, membership) in members {
        state.append(
            StateEvent(type: .member, key: member, sender: owner, content: ["membership": .string(membership)])
        )
    }
    for (type, content) in more {
        let isPolicy = type.hasPrefix("m.policy")
        state.append(
            StateEvent(
                type: EventType(rawValue: type),
                key: isPolicy ? "rule-\(state.count)" : "",
                sender: owner,
                content: content
            )
        )
    }
    return RoomPicture(try room(id), state)
}

func users(_ levels: (String, Int64)...) -> JSONValue {
    var users = JSONObject()
    for (name, level) in levels { users[name] = .integer(level) }
    return ["users": .object(users)]
}
