package import JSON

/// What is scanned of every event, and where each field stands in a scanned element.
package enum EventFields {
    package static let plan: [ScanField] = [
        ScanField("type", as: .text), ScanField("sender", as: .text), ScanField("event_id", as: .text),
        ScanField("state_key", as: .text), ScanField("origin_server_ts", as: .integer),
        ScanField("content", as: .object), ScanField("content", "membership", as: .text),
        ScanField("unsigned", "age", as: .integer), ScanField("redacts", as: .text),
        ScanField("content", "redacts", as: .text),
    ]

    /// The same without what only messages have: for state by the hundred thousand.
    package static let statePlan = Array(plan[...membership])

    package static let type = 0
    package static let sender = 1
    package static let eventID = 2
    package static let stateKey = 3
    package static let timestamp = 4
    package static let content = 5
    package static let membership = 6
    package static let age = 7
    package static let redacts = 8
    package static let contentRedacts = 9
}

/// An event whose envelope breaks the schema: evidence, for whoever looks for it.
package struct MalformedEvent: Error, Sendable, Equatable {
    package enum Problem: String, Sendable {
        case notAnEvent = "no event"
        case type, sender
        case eventID = "event_id"
        case stateKey = "state_key"
        case content
    }

    package let problem: Problem
    /// Its ID and sender, where at least these can be read.
    package let id: EventID?
    package let sender: UserID?

    package init(problem: Problem, id: EventID?, sender: UserID?) {
        self.problem = problem
        self.id = id
        self.sender = sender
    }
}

extension RoomEvent {
    /// Makes an event of a scanned element.
    ///
    /// Strict only about what identifies the event: a wrong `origin_server_ts` or `age` is taken for none.
    package init(_ element: borrowing ScannedElement, in scan: borrowing Scan) throws(MalformedEvent) {
        func text(_ field: Int) -> String? { element.string(field) }
        let id = text(EventFields.eventID).flatMap { try? EventID(parsing: $0) }
        let sender = text(EventFields.sender).flatMap { try? UserID(parsing: $0) }
        func malformed(_ problem: MalformedEvent.Problem) -> MalformedEvent {
            MalformedEvent(problem: problem, id: id, sender: sender)
        }
        switch element.status {
        case .wrongType, .malformed: throw malformed(.notAnEvent)
        case .ok, .badField, .missingField: break
        }
        guard let type = text(EventFields.type) else { throw malformed(.type) }
        guard let sender else { throw malformed(.sender) }
        guard let id else { throw malformed(.eventID) }
        let hasStateKey = element.state(of: EventFields.stateKey) != .absent
        let stateKey = text(EventFields.stateKey)
        if hasStateKey, stateKey == nil { throw malformed(.stateKey) }
        guard let content = element.bytes(EventFields.content) else { throw malformed(.content) }
        let redacts = text(EventFields.redacts) ?? text(EventFields.contentRedacts)
        self.init(
            id: id,
            type: EventType(rawValue: type),
            sender: sender,
            stateKey: stateKey,
            timestamp: element.integer(EventFields.timestamp) ?? 0,
            content: scan.bytes(content),
            age: element.integer(EventFields.age),
            redacts: redacts.flatMap { try? EventID(parsing: $0) }
        )
    }
}
