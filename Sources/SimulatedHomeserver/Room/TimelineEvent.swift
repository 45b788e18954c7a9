import JSON
import MatrixCore

/// An event where it stands in its room.
struct TimelineEvent {
    let id: EventID
    let type: EventType
    let sender: UserID
    let stateKey: String?
    /// Milliseconds since 1970, as the sender's server says.
    let timestamp: Int64
    /// The same by our clock.
    let received: Int64
    var content: JSONValue
    let redacts: EventID?
    /// In the stream of all rooms.
    let position: Int
    /// Where in the timeline the event stands whose place in the state it took.
    let replaces: Int?
    /// The sender's own name for the request that made it.
    let transaction: String?
    /// Where in the timeline the redaction stands that emptied it.
    var redactedBy: Int?

    var key: StateKey? { stateKey.map { StateKey(type, $0) } }

    var membership: Membership? {
        guard type == .member, case .string(let word)? = content["membership"] else { return nil }
        return Membership(word.utf8Span.span)
    }
}
