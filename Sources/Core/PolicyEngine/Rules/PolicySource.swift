package import MatrixCore

/// Where a rule stands: its list, and the event that holds it.
package struct PolicySource: Equatable, Sendable {
    package let list: RoomID
    package let event: EventID
    package let eventType: EventType
    package let stateKey: String
    package let sender: UserID
    /// In milliseconds since 1970, by the sender's server.
    package let timestamp: Int64

    package init(
        list: RoomID,
        event: EventID,
        eventType: EventType,
        stateKey: String,
        sender: UserID,
        timestamp: Int64
    ) {
        self.list = list
        self.event = event
        self.eventType = eventType
        self.stateKey = stateKey
        self.sender = sender
        self.timestamp = timestamp
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.list == right.list && left.event == right.event && left.eventType == right.eventType
            && equalByBytes(left.stateKey, right.stateKey) && left.sender == right.sender
            && left.timestamp == right.timestamp
    }
}
