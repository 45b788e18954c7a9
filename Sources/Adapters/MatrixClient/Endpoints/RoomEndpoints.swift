import HTTPClient
package import JSON
package import MatrixCore
package import Moderation
import Protections

extension MatrixClient {
    package func stateContent(_ key: StateKey, in room: RoomID) async throws(HomeserverError) -> JSONValue? {
        try await content(Endpoint(.get, room: room, Endpoint.path(of: key)))
    }

    package func state(of room: RoomID) async throws(HomeserverError) -> any PaddedBytes {
        var endpoint = Endpoint(.get, room: room, ["state"])
        endpoint.timeout = limits.slowTime
        endpoint.maximumBodySize = limits.largeSize
        let body = try await answer(to: endpoint)
        guard body.isEnclosed(by: "[", "]") else { throw .badAnswer("a room's state that is no JSON array") }
        return body
    }

    package func messages(
        in room: RoomID,
        from: String,
        to: String?,
        limit: Int
    ) async throws(HomeserverError) -> any PaddedBytes {
        var query = [("dir", "b"), ("from", from), ("limit", String(limit))]
        if let to { query.append(("to", to)) }
        let body = try await answer(to: Endpoint(.get, ["rooms", room.rawValue, "messages"], query: query))
        guard body.isEnclosed(by: "{", "}") else { throw .badAnswer("messages that are no JSON object") }
        return body
    }

    package func joinedRooms() async throws(HomeserverError) -> [RoomID] { try await answer(to: .joinedRooms) }

    package func defaultRoomVersion() async throws(HomeserverError) -> String {
        try await answer(to: .defaultRoomVersion)
    }
}

extension RoomTemplate {
    /// The request; what is not asked for is left to the server.
    var json: JSONValue {
        var body = JSONObject()
        body["preset"] = .string(preset.rawValue)
        body["name"] = name.map { .string($0) }
        body["room_alias_name"] = aliasLocalpart.map { .string($0) }
        body["room_version"] = version.map { .string($0) }
        if !invite.isEmpty { body["invite"] = .array(invite.map { .string($0.rawValue) }) }
        if creationContent != [:] { body["creation_content"] = creationContent }
        if powerLevels != [:] { body["power_level_content_override"] = powerLevels }
        if !initialState.isEmpty {
            body["initial_state"] = .array(
                initialState.map { state in
                    ["type": .string(state.type.rawValue), "state_key": .string(state.key), "content": state.content]
                }
            )
        }
        return .object(body)
    }
}
