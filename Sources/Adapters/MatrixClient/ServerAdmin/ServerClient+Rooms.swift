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
    ) async throws(ServerFailure) -> ActionAnswer {
        guard let endpoint = endpoint(action, user, transaction) else {
            throw ServerFailure(action.verb, .incomplete("a request of its own"))
        }
        let simulated: JSONValue = ["room_id": simulatedRoom(action), "event_id": "$new-event"]
        let answer = try await write(endpoint, as: token, simulated: simulated)
        switch action {
        case .createRoom, .join:
            guard let room = answer.identifier("room_id", RoomID.self) else {
                throw ServerFailure(name(endpoint), .incomplete("room_id"))
            }
            return .room(room)
        case .setServerACL, .sendState, .sendEvent, .redact:
            guard let event = answer.identifier("event_id", EventID.self) else {
                throw ServerFailure(name(endpoint), .incomplete("event_id"))
            }
            return .event(event)
        default: return .done
        }
    }

    private func simulatedRoom(_ action: Action) -> JSONValue {
        if case .join(let room) = action, case .id(let id) = room.name { return .string(id.rawValue) }
        return "!new-room"
    }

    private func endpoint(_ action: Action, _ user: UserID, _ transaction: String) -> Endpoint? {
        func member(_ verb: String, _ target: UserID, _ room: RoomID, _ reason: String = "") -> Endpoint {
            var body = JSONObject()
            body["user_id"] = .string(target.rawValue)
            if !reason.isEmpty { body["reason"] = .string(reason) }
            return Endpoint(.post, room: room, [verb], body: .object(body))
        }
        func state(_ type: EventType, _ key: String, _ content: JSONValue, _ room: RoomID) -> Endpoint {
            Endpoint(.put, room: room, ["state", type.rawValue] + (key.isEmpty ? [] : [key]), body: content)
        }
        switch action {
        case .ban(let target, let room, let reason): return member("ban", target, room, reason)
        case .unban(let target, let room): return member("unban", target, room)
        case .kick(let target, let room, let reason): return member("kick", target, room, reason)
        case .invite(let target, let room): return member("invite", target, room)
        case .setServerACL(let acl, let room): return state(.serverACL, "", acl.json, room)
        case .sendState(let type, let key, let content, let room): return state(type, key, content, room)
        case .sendEvent(let type, let content, let room):
            return Endpoint(.put, room: room, ["send", type.rawValue, transaction], body: content)
        case .redact(let event, let reason, let room):
            return Endpoint(
                .put,
                room: room,
                ["redact", event.rawValue, transaction],
                body: ["reason": .string(reason)]
            )
        case .join(let room):
            let via = room.via.flatMap { [("via", $0.rawValue), ("server_name", $0.rawValue)] }
            return slow(Endpoint(.post, ["join", room.text], query: via, body: [:]))
        case .leave(let room): return Endpoint(.post, room: room, ["leave"], body: [:])
        case .createRoom(let template): return slow(Endpoint(.post, ["createRoom"], body: template.json))
        case .setAccountData(let type, let content):
            return Endpoint(.put, ["user", user.rawValue, "account_data", type.rawValue], body: content)
        case .resolve, .askRoomVersion, .loadState, .fillGap, .changeAccountData: return nil
        }
    }

    private func slow(_ endpoint: Endpoint) -> Endpoint {
        var endpoint = endpoint
        endpoint.timeout = Self.slowTime
        return endpoint
    }

    func resolve(_ room: RoomReference, _ token: Secret) async throws(ServerFailure) -> RoomID {
        switch room.name {
        case .id(let id): return id
        case .alias(let alias):
            let endpoint = Endpoint(.get, ["directory", "room", alias.rawValue])
            guard let id = try await read(endpoint, as: token).identifier("room_id", RoomID.self) else {
                throw ServerFailure(name(endpoint), .incomplete("room_id"))
            }
            return id
        }
    }

    func joinedRooms(_ token: Secret) async throws(ServerFailure) -> [RoomID] {
        let answer = try await read(Endpoint(.get, ["joined_rooms"]), as: token)
        return (answer["joined_rooms"]?.elements ?? []).compactMap { element in
            element.string.flatMap { try? RoomID(parsing: $0) }
        }
    }

    func accountData(_ type: EventType, of user: UserID, _ token: Secret) async throws(ServerFailure) -> JSONValue? {
        if rehearsal != nil, token == Rehearsal.token { return nil }
        return try await unlessMissing(Endpoint(.get, ["user", user.rawValue, "account_data", type.rawValue]), token)
    }

    func stateContent(_ key: StateKey, in room: RoomID, _ token: Secret) async throws(ServerFailure) -> JSONValue? {
        let path = ["state", key.type.rawValue] + (key.key.isEmpty ? [] : [key.key])
        return try await unlessMissing(Endpoint(.get, room: room, path), token)
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
        let endpoint = Endpoint(.get, ["capabilities"])
        let answer = try await read(endpoint, as: token)
        guard let version = answer["capabilities"]?["m.room_versions"]?["default"]?.string else {
            throw ServerFailure(name(endpoint), .incomplete("m.room_versions"))
        }
        return version
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
