import JSON
import MatrixCore

/// An event as a client is given it.
struct SyncedEvent: Sendable {
    let room: RoomID
    /// Nil only in the stripped state of an invitation.
    let id: EventID?
    let type: EventType
    let sender: UserID
    let stateKey: String?
    let content: JSONValue
    let unsigned: JSONValue

    /// Nil for what is no event.
    init?(_ value: JSONValue, in room: RoomID) {
        guard let type = value["type"]?.string, let content = value["content"],
            let sender = value["sender"]?.string.flatMap({ try? UserID(parsing: $0) })
        else { return nil }
        self.room = room
        self.type = EventType(rawValue: type)
        self.sender = sender
        self.content = content
        id = value["event_id"]?.string.flatMap { try? EventID(parsing: $0) }
        stateKey = value["state_key"]?.string
        unsigned = value["unsigned"] ?? [:]
    }

    /// A message's text.
    var body: String? { content["body"]?.string }

    /// Whom a member event is about, and what it makes of them.
    var memberChange: (UserID, Membership)? {
        guard type == .member, let user = stateKey.flatMap({ try? UserID(parsing: $0) }),
            let membership = content["membership"]?.string.flatMap(Membership.init(named:))
        else { return nil }
        return (user, membership)
    }

    /// The message that this one answers.
    var answered: EventID? {
        let answer = content["m.relates_to"]?["m.in_reply_to"]
        return answer?["event_id"]?.string.flatMap { try? EventID(parsing: $0) }
    }

    /// The event that this one reacts to, and the key: `✅`, say.
    var reaction: (target: EventID, key: String)? {
        guard type == .reaction, let relation = content["m.relates_to"], let key = relation["key"]?.string,
            let target = relation["event_id"]?.string.flatMap({ try? EventID(parsing: $0) })
        else { return nil }
        return (target, key)
    }
}
