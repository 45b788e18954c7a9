package import MatrixCore

/// A kind of argument together with the Swift type that a command gets it as.
package struct ArgumentType<Value: Sendable>: Sendable {
    package let kind: ArgumentKind
    /// Nil only for a value of another kind, which the parser does not let through.
    let convert: @Sendable (ArgumentValue) -> Value?

    init(_ kind: ArgumentKind, _ convert: @escaping @Sendable (ArgumentValue) -> Value?) {
        self.kind = kind
        self.convert = convert
    }
}

extension ArgumentType<String> {
    package static var text: Self { Self(.text, textOf) }
    package static func choice(_ words: String...) -> Self { Self(.choice(words), textOf) }
}

private func textOf(_ value: ArgumentValue) -> String? {
    if case .text(let text) = value { text } else { nil }
}

extension ArgumentType<Int64> {
    package static var integer: Self { integer(in: .min ... .max) }

    package static func integer(in range: ClosedRange<Int64>) -> Self {
        Self(.integer(range)) { if case .integer(let number) = $0 { number } else { nil } }
    }
}

extension ArgumentType<Bool> {
    package static var boolean: Self { Self(.boolean) { if case .boolean(let flag) = $0 { flag } else { nil } } }
}

extension ArgumentType<Duration> {
    package static var duration: Self {
        Self(.duration) { if case .duration(let duration) = $0 { duration } else { nil } }
    }
}

extension ArgumentType<UserID> {
    package static var user: ArgumentType<UserID> {
        Self(.user) { if case .user(.user(let user)) = $0 { user } else { nil } }
    }
}

extension ArgumentType<UserPattern> {
    package static var userOrGlob: Self {
        Self(.userOrGlob) { if case .user(let pattern) = $0 { pattern } else { nil } }
    }
}

extension ArgumentType<RoomReference> {
    package static var room: Self { Self(.room) { if case .room(let room) = $0 { room } else { nil } } }
}

extension ArgumentType<RoomAlias> {
    package static var alias: ArgumentType<RoomAlias> {
        Self(.alias) { value in
            guard case .room(let room) = value, case .alias(let alias) = room.name else { return nil }
            return alias
        }
    }
}

extension ArgumentType<EventReference> {
    package static var event: Self { Self(.event) { if case .event(let event) = $0 { event } else { nil } } }
}

extension ArgumentType<ServerPattern> {
    package static var server: Self { Self(.server) { if case .server(let server) = $0 { server } else { nil } } }
}

extension ArgumentType<Entity> {
    package static var entity: Self {
        Self(.entity) { value in
            switch value {
            case .user(let user): .user(user)
            case .room(let room): .room(room)
            case .server(let server): .server(server)
            case .text, .integer, .boolean, .duration, .event: nil
            }
        }
    }
}

extension ArgumentType<ListReference> {
    package static var list: Self {
        Self(.list) { value in
            switch value {
            case .room(let room): .room(room)
            case .text(let shortcode): .shortcode(shortcode)
            case .integer, .boolean, .duration, .user, .event, .server: nil
            }
        }
    }
}

extension ArgumentType<RedactionTarget> {
    package static var userOrEvent: Self {
        Self(.userOrEvent) { value in
            switch value {
            case .user(let user): .user(user)
            case .event(let event): .event(event)
            case .text, .integer, .boolean, .duration, .room, .server: nil
            }
        }
    }
}
