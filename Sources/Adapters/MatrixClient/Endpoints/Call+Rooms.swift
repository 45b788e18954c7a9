import HTTPClient
import JSON
import MatrixCore
import Moderation
import Protections

extension Call<[RoomID]> {
    static var joinedRooms: Self {
        Self(Endpoint(.get, ["joined_rooms"]), promising: "joined_rooms") { answer in
            guard let list = answer["joined_rooms"], list.kind == .array else { return nil }
            var rooms: [RoomID] = []
            list.forEachElement { element in
                if let room = element.identifier(RoomID.self) { rooms.append(room) }
            }
            return rooms
        }
    }
}

extension Call<String> {
    static var defaultRoomVersion: Self {
        Self(Endpoint(.get, ["capabilities"]), promising: "m.room_versions") { answer in
            answer["capabilities"]?["m.room_versions"]?["default"]?.string
        }
    }
}

extension Call<ActionResult> {
    static func resolving(_ alias: RoomAlias) -> Self {
        Self(Endpoint(.get, ["directory", "room", alias.rawValue]), promising: "room_id") { answer in
            guard let room = answer["room_id"]?.identifier(RoomID.self) else { return nil }
            var via: [ServerName] = []
            answer["servers"]?.forEachElement { element in
                if let server = element.identifier(ServerName.self) { via.append(server) }
            }
            return .room(room, via: via)
        }
    }

    /// The one request that an action is; nil for those that are none, or several.
    init?(_ action: Action, of user: UserID?, transaction: String, slowTime: Duration) {
        if case .resolve(let alias) = action {
            self = .resolving(alias)
            return
        }
        guard let endpoint = Endpoint(action, of: user, transaction: transaction, slowTime: slowTime) else {
            return nil
        }
        switch action {
        case .createRoom, .join:
            self.init(endpoint, promising: "room_id") { answer in
                answer["room_id"]?.identifier(RoomID.self).map { .room($0, via: []) }
            }
        case .setServerACL, .sendState, .sendEvent, .redact:
            self.init(endpoint, promising: "event_id") { answer in
                answer["event_id"]?.identifier(EventID.self).map { .event($0) }
            }
        default: self.init(endpoint, promising: "a JSON object") { $0.kind == .object ? .done : nil }
        }
    }
}
