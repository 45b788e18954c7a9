import Commands
import JSON
import MatrixCore
import PolicyEngine

/// A rule that waits for a moderator's word.
struct HeldRule: Sendable, Equatable {
    let id: PolicyRule.ID
    /// What moderators call it; never given to another.
    let number: Int
    let why: String

    init(id: PolicyRule.ID, number: Int, why: String) {
        self.id = id
        self.number = number
        self.why = why
    }

    init?(_ content: JSONValue) {
        guard let id = PolicyRule.ID(content), case .integer(let number)? = content["number"] else { return nil }
        self.init(id: id, number: Int(clamping: number), why: content["why"]?.text ?? "")
    }

    var json: JSONValue {
        id.json.setting("number", to: .integer(Int64(number))).setting("why", to: .string(why))
    }
}

/// The form in which the store keeps it.
extension PolicyRule.ID {
    init?(_ content: JSONValue) {
        guard let list = content["list"]?.text.flatMap({ try? RoomID(parsing: $0) }),
            let event = content["event"]?.text.flatMap({ try? EventID(parsing: $0) })
        else { return nil }
        self.init(list: list, event: event)
    }

    var json: JSONValue { ["list": .string(list.rawValue), "event": .string(event.rawValue)] }
}
