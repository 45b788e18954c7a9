import JSON
import MatrixCore

extension TestClient {
    /// The content, or nil where the room has no such state.
    func state(_ type: EventType, key: String = "", in room: RoomID) async throws -> JSONValue? {
        try await unlessMissing { try await call(.get, statePath(room, type, key)) }
    }

    @discardableResult
    func setState(_ type: EventType, key: String = "", _ content: JSONValue, in room: RoomID) async throws -> EventID {
        try EventID(parsing: try await call(.put, statePath(room, type, key), content).text("event_id"))
    }

    func fullState(of room: RoomID) async throws -> [SyncedEvent] {
        let answer = try await call(.get, .client("rooms", room.rawValue, "state"))
        return answer.elements.compactMap { SyncedEvent($0, in: room) }
    }

    /// Everyone of whom the room says anything, those who left or were banned included.
    func members(of room: RoomID) async throws -> [UserID: Membership] {
        let answer = try await call(.get, .client("rooms", room.rawValue, "members"))
        let events = answer["chunk"]?.elements.compactMap { SyncedEvent($0, in: room) } ?? []
        return Dictionary(events.compactMap(\.memberChange)) { _, last in last }
    }

    func membership(of user: UserID, in room: RoomID) async throws -> Membership? {
        try await state(.member, key: user.rawValue, in: room)?["membership"]?.string.flatMap(Membership.init(named:))
    }

    func joinedRooms() async throws -> [RoomID] {
        let answer = try await call(.get, .client("joined_rooms"))
        return try answer["joined_rooms"]?.elements.compactMap { try $0.string.map(RoomID.init(parsing:)) } ?? []
    }

    /// Gives one user a level and leaves the rest as it is.
    func setPowerLevel(_ level: Int64, of user: UserID, in room: RoomID) async throws {
        let levels = try await state(.powerLevels, in: room) ?? [:]
        let users = (levels["users"] ?? [:]).with(user.rawValue, .integer(level))
        try await setState(.powerLevels, levels.with("users", users), in: room)
    }

    /// An event as it now is: redacted, if it was redacted.
    func event(_ event: EventID, in room: RoomID) async throws -> SyncedEvent? {
        let answer = try await unlessMissing {
            try await call(.get, .client("rooms", room.rawValue, "event", event.rawValue))
        }
        return answer.flatMap { SyncedEvent($0, in: room) }
    }

    /// The latest events, newest first.
    func messages(in room: RoomID, limit: Int = 100) async throws -> [SyncedEvent] {
        let answer = try await call(
            .get,
            .client("rooms", room.rawValue, "messages"),
            query: [("dir", "b"), ("limit", String(limit))]
        )
        return answer["chunk"]?.elements.compactMap { SyncedEvent($0, in: room) } ?? []
    }

    /// The path ends with a slash where the key is empty, which Synapse takes.
    private func statePath(_ room: RoomID, _ type: EventType, _ key: String) -> MatrixPath {
        .client("rooms", room.rawValue, "state", type.rawValue, key)
    }
}

extension Membership {
    init?(named name: String) { self.init(name.utf8Span.span) }
}
