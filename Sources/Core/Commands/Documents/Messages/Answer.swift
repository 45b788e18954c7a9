package import JSON
package import MatrixCore

/// Where a document is said in a room.
package enum Answer: Sendable, Equatable {
    /// By itself, to nobody's message.
    case statement
    /// To a message, where that message stands: in its thread, if it is in one.
    case to(EventID, thread: EventID?)

    /// `m.relates_to` of a page.
    ///
    /// The first page answers the message. The others go into a thread under the first, as far as it is known, so that a
    /// long answer takes one place in the room; within a thread all pages stay in it.
    package func relation(page: Int, firstPage: EventID?) -> JSONValue? {
        switch self {
        case .statement:
            guard page > 0, let firstPage else { return nil }
            return Self.thread(firstPage, replyingTo: firstPage, isFallback: true)
        case .to(let message, let thread?):
            return Self.thread(thread, replyingTo: page == 0 ? message : firstPage ?? message, isFallback: page > 0)
        case .to(let message, nil):
            if page > 0, let firstPage { return Self.thread(firstPage, replyingTo: firstPage, isFallback: true) }
            return ["m.in_reply_to": ["event_id": .string(message.rawValue)]]
        }
    }

    private static func thread(_ root: EventID, replyingTo event: EventID, isFallback: Bool) -> JSONValue {
        [
            "rel_type": "m.thread",
            "event_id": .string(root.rawValue),
            "is_falling_back": .boolean(isFallback),
            "m.in_reply_to": ["event_id": .string(event.rawValue)],
        ]
    }
}
