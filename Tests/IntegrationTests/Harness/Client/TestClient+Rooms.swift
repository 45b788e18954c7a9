import JSON
import MatrixCore

/// What a new room is made with.
struct NewRoom: Sendable {
    /// Nil for the homeserver's usual version.
    var version: String? = "11"
    var name: String?
    var isPublic = true
    var aliasLocalpart: String?
    var invited: [UserID] = []
    /// Further members of the power levels' content, `users` among them.
    var powerLevels: JSONValue = [:]
    /// Further members of the create event's content.
    var creation: JSONValue = [:]
    var initialState: [(type: EventType, key: String, content: JSONValue)] = []
}

extension TestClient {
    func createRoom(_ room: NewRoom = NewRoom()) async throws -> RoomID {
        var request: JSONValue = [
            "preset": room.isPublic ? "public_chat" : "private_chat",
            "invite": .array(room.invited.map { .string($0.rawValue) }),
            "power_level_content_override": room.powerLevels,
            "creation_content": room.creation,
            "initial_state": .array(
                room.initialState.map {
                    ["type": .string($0.type.rawValue), "state_key": .string($0.key), "content": $0.content]
                }
            ),
        ]
        if let version = room.version { request = request.with("room_version", .string(version)) }
        if let name = room.name { request = request.with("name", .string(name)) }
        if let alias = room.aliasLocalpart { request = request.with("room_alias_name", .string(alias)) }
        return try RoomID(parsing: try await call(.post, .client("createRoom"), request).text("room_id"))
    }

    func join(_ room: RoomID) async throws { try await call(.post, .client("join", room.rawValue)) }

    func leave(_ room: RoomID) async throws { try await inRoom(room, "leave") }

    func invite(_ user: UserID, to room: RoomID) async throws { try await inRoom(room, "invite", on: user) }

    func kick(_ user: UserID, from room: RoomID, reason: String? = nil) async throws {
        try await inRoom(room, "kick", on: user, reason)
    }

    func ban(_ user: UserID, from room: RoomID, reason: String? = nil) async throws {
        try await inRoom(room, "ban", on: user, reason)
    }

    func unban(_ user: UserID, in room: RoomID) async throws { try await inRoom(room, "unban", on: user) }

    /// Sends any kind of event that is no state.
    @discardableResult
    func send(_ type: EventType, _ content: JSONValue, to room: RoomID) async throws -> EventID {
        let path = MatrixPath.client("rooms", room.rawValue, "send", type.rawValue, uniqueSuffix())
        return try EventID(parsing: try await call(.put, path, content).text("event_id"))
    }

    @discardableResult
    func say(_ text: String, in room: RoomID) async throws -> EventID {
        try await send(.message, ["msgtype": "m.text", "body": .string(text)], to: room)
    }

    @discardableResult
    func react(_ key: String, to event: EventID, in room: RoomID) async throws -> EventID {
        let relation: JSONValue = [
            "rel_type": "m.annotation", "event_id": .string(event.rawValue), "key": .string(key),
        ]
        return try await send(.reaction, ["m.relates_to": relation], to: room)
    }

    @discardableResult
    func redact(_ event: EventID, in room: RoomID, reason: String? = nil) async throws -> EventID {
        let path = MatrixPath.client("rooms", room.rawValue, "redact", event.rawValue, uniqueSuffix())
        let body: JSONValue = reason.map { ["reason": .string($0)] } ?? [:]
        return try EventID(parsing: try await call(.put, path, body).text("event_id"))
    }

    private func inRoom(
        _ room: RoomID,
        _ verb: String,
        on user: UserID? = nil,
        _ reason: String? = nil
    ) async throws {
        var body: JSONValue = [:]
        if let user { body = body.with("user_id", .string(user.rawValue)) }
        if let reason { body = body.with("reason", .string(reason)) }
        try await call(.post, .client("rooms", room.rawValue, verb), body)
    }
}
