/// One event, its content as the bytes of a JSON object that nobody has looked into.
///
/// - Source: Matrix spec, Client-Server API, "Room Event Format".
package struct RoomEvent: Sendable, Equatable {
    package let id: EventID
    package let type: EventType
    package let sender: UserID
    /// Nil for an event that is no state.
    package let stateKey: String?
    /// In milliseconds since 1970, by the clock of the sender's server: not to be trusted.
    package let timestamp: Int64
    package let content: [UInt8]
    /// How long ago the homeserver received it, in milliseconds, by the homeserver's own clock; nil where it does not say.
    package let age: Int64?
    /// The event that an `m.room.redaction` takes away, from the top level or, since room version 11, the content.
    package let redacts: EventID?

    package init(
        id: EventID,
        type: EventType,
        sender: UserID,
        stateKey: String? = nil,
        timestamp: Int64 = 0,
        content: [UInt8],
        age: Int64? = nil,
        redacts: EventID? = nil
    ) {
        self.id = id
        self.type = type
        self.sender = sender
        self.stateKey = stateKey
        self.timestamp = timestamp
        self.content = content
        self.age = age
        self.redacts = redacts
    }
}
