package import MatrixCore

/// Whom or what a policy rule is about, as a moderator names it.
package enum Entity: Hashable, Sendable {
    case user(UserPattern)
    case room(RoomReference)
    case server(ServerPattern)
}

/// A policy list as a moderator names it.
package enum ListReference: Hashable, Sendable {
    case room(RoomReference)
    case shortcode(String)
}

/// Whose messages, or which message, are to be redacted.
package enum RedactionTarget: Hashable, Sendable {
    case user(UserPattern)
    case event(EventReference)
}

/// An event and the room that it is in, as a link names them.
package struct EventReference: Hashable, Sendable {
    package let event: EventID
    package let room: RoomReference

    package init(_ event: EventID, in room: RoomReference) {
        self.event = event
        self.room = room
    }
}
