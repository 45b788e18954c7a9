import JSON
import MatrixCore
import PolicyEngine

let listRoom = room("!list:a.org")
let otherRoom = room("!other:a.org")
let moderator = user("@mod:a.org")
let helper = user("@helper:a.org")

func room(_ text: String) -> RoomID { known { () throws(IdentifierError) in try RoomID(parsing: text) } }
func user(_ text: String) -> UserID { known { () throws(IdentifierError) in try UserID(parsing: text) } }
func server(_ text: String) -> ServerName { known { () throws(IdentifierError) in try ServerName(parsing: text) } }
func event(_ text: String) -> EventID { known { () throws(IdentifierError) in try EventID(parsing: text) } }

private func known<Value>(_ make: () throws(IdentifierError) -> Value) -> Value {
    do { return try make() } catch { preconditionFailure("A test's own identifier is wrong: \(error)") }
}

/// A policy event; `age` 0 is the newest of the three event types.
func policy(
    _ id: String,
    of kind: PolicyKind = .user,
    key: String = "k",
    age: Int = 0,
    by sender: UserID = moderator,
    _ content: String
) -> RoomEvent {
    state(id, kind.eventTypes[age], key: key, by: sender, content)
}

func state(_ id: String, _ type: EventType, key: String, by sender: UserID = moderator, _ content: String) -> RoomEvent
{
    RoomEvent(id: event(id), type: type, sender: sender, stateKey: key, content: Array(content.utf8))
}

func ban(_ entity: String, reason: String = "spam") -> String {
    #"{"entity":"\#(entity)","recommendation":"m.ban","reason":"\#(reason)"}"#
}

/// An index that watches one list of these events.
func index(_ events: RoomEvent...) -> PolicyIndex {
    var index = PolicyIndex()
    _ = index.watch(PolicyList(room: listRoom, events: events))
    return index
}

/// Rules about servers, one for each entity, as they stand in a list.
func serverBans(_ entities: String...) -> [PolicyRule] { serverBans(entities) }

func serverBans(_ entities: [String]) -> [PolicyRule] {
    var index = PolicyIndex()
    let events = entities.enumerated().map { policy("$\($0)", of: .server, key: "\($0)", ban($1)) }
    _ = index.watch(PolicyList(room: listRoom, events: events))
    return index.serverBans
}

extension PolicyChange {
    /// The change in a word, with the entity and event that it is about.
    var summary: String {
        switch self {
        case .added(let rule): "added \(rule.summary)"
        case .modified(let old, let new): "modified \(old.summary) to \(new.summary)"
        case .removed(let rule, let sender): "removed \(rule.summary) by \(sender?.rawValue ?? "nobody")"
        case .malformed(let problem): "malformed \(problem.event)"
        case .shortcodeChanged(let old, let new): "shortcode \(old ?? "none") to \(new ?? "none")"
        }
    }
}

extension PolicyRule {
    var summary: String { "\(subject.entity ?? "hash") in \(source.event)" }
}
