import HTTPClient
import JSON
import MatrixCore
import Observability
import Setup

extension ServerClient {
    func sync(
        _ room: RoomID,
        since: String?,
        wait: Duration,
        _ token: Secret
    ) async throws(ServerFailure) -> SyncedRoom {
        let nothing: JSONValue = ["not_types": ["*"]]
        let filter: JSONValue = [
            "presence": nothing, "account_data": nothing,
            "room": [
                "rooms": [.string(room.rawValue)], "timeline": ["limit": 50], "ephemeral": nothing,
                "account_data": nothing,
            ],
        ]
        var query = [
            ("filter", String(decoding: filter.encoded(), as: UTF8.self)),
            ("timeout", "\(wait.components.seconds * 1_000)"),
            ("use_state_after", "true"), ("org.matrix.msc4222.use_state_after", "true"),
        ]
        if let since { query.append(("since", since)) }
        var endpoint = Endpoint(.get, ["sync"], query: query)
        endpoint.timeout = wait + .seconds(60)
        let answer = try await read(endpoint, as: token)
        guard let next = answer["next_batch"]?.string else {
            throw ServerFailure(name(endpoint), .incomplete("next_batch"))
        }
        let joined = answer["rooms"]?["join"]?[room.rawValue]
        var events: [SeenEvent] = []
        var hasStateAfter = false
        for (name, isNew) in [
            ("state", false), ("state_after", true), ("org.matrix.msc4222.state_after", true), ("timeline", false),
        ] {
            guard let part = joined?[name] else { continue }
            if isNew { hasStateAfter = true }
            events += (part["events"]?.elements ?? []).compactMap(SeenEvent.init)
        }
        return SyncedRoom(next: next, events: events, hasStateAfter: hasStateAfter)
    }
}

extension SeenEvent {
    /// The redacted event stands in the content from room version 11 on, beside it before.
    fileprivate init?(_ event: JSONValue) {
        guard let id = event.identifier("event_id", EventID.self), let type = event["type"]?.string else { return nil }
        let content = event["content"] ?? [:]
        self.init(
            id: id,
            type: EventType(rawValue: type),
            key: event["state_key"]?.string,
            content: content,
            redacts: event.identifier("redacts", EventID.self) ?? content.identifier("redacts", EventID.self)
        )
    }
}
