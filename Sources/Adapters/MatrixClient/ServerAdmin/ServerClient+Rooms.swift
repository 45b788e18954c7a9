import Moderation
import HTTPClient
import JSON
import MatrixCore
import Observability
import Protections
import Setup

extension ServerClient: RoomAccess {
    /// For what makes the server ask others or collect much.
    private static let slowTime: Duration = .seconds(180)

    func perform(
        _ action: Action,
        as user: UserID,
        _ token: Secret,
        transaction: String
    ) async throws(ServerFailure) -> ActionResult {
        guard let call = Call(action, of: user, transaction: transaction, slowTime: Self.slowTime) else {
            throw ServerFailure(action.verb, .incomplete("a request of its own"))
        }
        if let rehearsal {
            rehearsal.note(preview(call.endpoint))
            return try simulated(call, ["room_id": simulatedRoom(action), "event_id": "$new-event"])
        }
        return try await read(call, as: token)
    }

    private func simulatedRoom(_ action: Action) -> JSONValue {
        if case .join(let room) = action, case .id(let id) = room.name { return .string(id.rawValue) }
        return "!new-room"
    }

    private func slow(_ endpoint: Endpoint) -> Endpoint {
        var endpoint = endpoint
        endpoint.timeout = Self.slowTime
        endpoint.maximumBodySize = RequestLimits().largeSize
        return endpoint
    }

    func resolve(_ room: RoomReference, _ token: Secret) async throws(ServerFailure) -> RoomID {
        switch room.name {
        case .id(let id): return id
        case .alias(let alias):
            guard case .room(let id, _) = try await read(.resolving(alias), as: token) else {
                throw ServerFailure("GET directory", .incomplete("room_id"))
            }
            return id
        }
    }

    func joinedRooms(_ token: Secret) async throws(ServerFailure) -> [RoomID] {
        try await read(.joinedRooms, as: token, simulated: ["joined_rooms": []])
    }

    func accountData(_ type: EventType, of user: UserID, _ token: Secret) async throws(ServerFailure) -> JSONValue? {
        if rehearsal != nil, token == Rehearsal.token { return nil }
        return try await unlessMissing(Endpoint(.get, Endpoint.path(ofAccountData: type, of: user)), token)
    }

    func stateContent(_ key: StateKey, in room: RoomID, _ token: Secret) async throws(ServerFailure) -> JSONValue? {
        try await unlessMissing(Endpoint(.get, room: room, Endpoint.path(of: key)), token)
    }

    private func unlessMissing(_ endpoint: Endpoint, _ token: Secret) async throws(ServerFailure) -> JSONValue? {
        do throws(ServerFailure) { return try await read(endpoint, as: token) } catch {
            guard case .refused(404, "M_NOT_FOUND", _) = error.reason else { throw error }
            return nil
        }
    }

    func state(of room: RoomID, _ token: Secret) async throws(ServerFailure) -> [StateEvent] {
        let endpoint = slow(Endpoint(.get, room: room, ["state"]))
        guard case .array(let events) = try await read(endpoint, as: token, simulated: []) else {
            throw ServerFailure(name(endpoint), .incomplete("the room's state"))
        }
        return events.compactMap { event in
            guard let type = event["type"]?.string, let key = event["state_key"]?.string else { return nil }
            return StateEvent(
                type: EventType(rawValue: type),
                key: key,
                sender: event.identifier("sender", UserID.self),
                content: event["content"] ?? [:],
                timestamp: event["origin_server_ts"]?.integer
            )
        }
    }

    func defaultRoomVersion(_ token: Secret) async throws(ServerFailure) -> String {
        try await read(.defaultRoomVersion, as: token)
    }

    func rooms(ofSpace space: RoomID, _ token: Secret) async throws(ServerFailure) -> [SpaceRoom] {
        var rooms: [SpaceRoom] = []
        var from: String?
        for _ in 0..<50 {
            let query = [("limit", "50")] + (from.map { [("from", $0)] } ?? [])
            let endpoint = slow(
                Endpoint(.get, of: "/_matrix/client/v1", ["rooms", space.rawValue, "hierarchy"], query: query)
            )
            let answer = try await read(endpoint, as: token)
            for room in answer["rooms"]?.elements ?? [] {
                guard let id = room.identifier("room_id", RoomID.self), id != space else { continue }
                rooms.append(
                    SpaceRoom(room: id, name: room["name"]?.string, isSpace: room["room_type"]?.string == "m.space")
                )
            }
            from = answer["next_batch"]?.string
            if from == nil { break }
        }
        return rooms
    }
}
