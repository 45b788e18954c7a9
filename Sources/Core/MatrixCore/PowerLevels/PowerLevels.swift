package import JSON

/// The content of `m.room.power_levels`.
///
/// - Source: Matrix spec, Client-Server API, "m.room.power_levels"; string levels are read as rooms before version 10 allow.
package struct PowerLevels: Sendable, Equatable {
    package var users: [UserID: Int64] = [:]
    package var usersDefault: Int64 = 0
    package var events: [EventType: Int64] = [:]
    package var eventsDefault: Int64 = 0
    package var stateDefault: Int64 = 50
    package var ban: Int64 = 50
    package var kick: Int64 = 50
    package var redact: Int64 = 50
    package var invite: Int64 = 0

    package init() {}

    /// Reads what is sound and takes the default for what is not: one bad level must not hide the others.
    package init(_ content: JSONView) {
        func level(_ view: JSONView?) -> Int64? { view.flatMap(Self.level) }
        usersDefault = level(content["users_default"]) ?? usersDefault
        eventsDefault = level(content["events_default"]) ?? eventsDefault
        stateDefault = level(content["state_default"]) ?? stateDefault
        ban = level(content["ban"]) ?? ban
        kick = level(content["kick"]) ?? kick
        redact = level(content["redact"]) ?? redact
        invite = level(content["invite"]) ?? invite
        content["users"]?.forEachMember { key, value in
            guard let user = key.string.flatMap({ try? UserID(parsing: $0) }), let level = Self.level(value) else {
                return
            }
            users[user] = level
        }
        content["events"]?.forEachMember { key, value in
            guard let type = key.string, let level = Self.level(value) else { return }
            events[EventType(rawValue: type)] = level
        }
    }

    private static func level(_ view: JSONView) -> Int64? {
        if let integer = try? view.exactInteger(wholeDecimals: true) { return integer }
        guard let text = view.string, text.utf8.count <= 20 else { return nil }
        return Int64(text.drop { $0 == " " })
    }

    package func level(of user: UserID) -> Int64 { users[user] ?? usersDefault }

    package func levelToSend(state type: EventType) -> Int64 { events[type] ?? stateDefault }
}
