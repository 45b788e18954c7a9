import HTTPClient
package import JSON
package import MatrixCore
package import Moderation

extension MatrixClient {
    package func stateContent(_ key: StateKey, in room: RoomID) async throws(HomeserverError) -> JSONValue? {
        try await content(Endpoint(.get, room: room, statePath(key)))
    }

    func sendState(_ key: StateKey, content: JSONValue, in room: RoomID) async throws(HomeserverError) -> ActionResult {
        try await event(Endpoint(.put, room: room, statePath(key), body: content))
    }

    func sendEvent(
        _ type: EventType,
        content: JSONValue,
        in room: RoomID,
        transaction: String
    ) async throws(HomeserverError) -> ActionResult {
        try await event(Endpoint(.put, room: room, ["send", type.rawValue, transaction], body: content))
    }

    func redact(
        _ redacted: EventID,
        reason: String,
        in room: RoomID,
        transaction: String
    ) async throws(HomeserverError) -> ActionResult {
        let body: JSONValue = reason.isEmpty ? [:] : ["reason": .string(reason)]
        return try await event(Endpoint(.put, room: room, ["redact", redacted.rawValue, transaction], body: body))
    }

    private func event(_ endpoint: Endpoint) async throws(HomeserverError) -> ActionResult {
        let id = try await answer(to: endpoint).read("event_id") { $0["event_id"]?.identifier(EventID.self) }
        return .event(id)
    }

    /// An empty key is left out: some proxies drop the slash that would stand for it.
    private func statePath(_ key: StateKey) -> [String] {
        ["state", key.type.rawValue] + (key.key.isEmpty ? [] : [key.key])
    }
}
