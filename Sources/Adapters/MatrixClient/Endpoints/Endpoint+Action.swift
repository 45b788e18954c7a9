import HTTPClient
import JSON
import MatrixCore
import Protections

extension Endpoint {
    /// The one request that an action is; nil for those that are none, or several.
    ///
    /// Account data is that of `user`, whom no other action asks for; `slowTime` is the limit for what makes the server ask others.
    init?(_ action: Action, of user: UserID?, transaction: String, slowTime: Duration) {
        switch action {
        case .ban(let user, let room, let reason): self.init(change: user, by: "ban", in: room, reason: reason)
        case .unban(let user, let room): self.init(change: user, by: "unban", in: room)
        case .kick(let user, let room, let reason): self.init(change: user, by: "kick", in: room, reason: reason)
        case .invite(let user, let room): self.init(change: user, by: "invite", in: room)
        case .setServerACL(let acl, let room):
            self.init(.put, room: room, Self.path(of: StateKey(.serverACL)), body: acl.json)
        case .sendState(let type, let key, let content, let room):
            self.init(.put, room: room, Self.path(of: StateKey(type, key)), body: content)
        case .sendEvent(let type, let content, let room):
            self.init(.put, room: room, ["send", type.rawValue, transaction], body: content)
        case .redact(let event, let reason, let room):
            let body: JSONValue = reason.isEmpty ? [:] : ["reason": .string(reason)]
            self.init(.put, room: room, ["redact", event.rawValue, transaction], body: body)
        case .join(let room):
            // Servers before v1.12 of the specification know `server_name` only, later ones may know `via` only.
            let via = room.via.flatMap { [("via", $0.rawValue), ("server_name", $0.rawValue)] }
            self.init(.post, ["join", room.text], query: via, body: [:])
            timeout = slowTime
        case .leave(let room): self.init(.post, room: room, ["leave"], body: [:])
        case .createRoom(let template):
            self.init(.post, ["createRoom"], body: template.json)
            timeout = slowTime
        case .setAccountData(let type, let content):
            guard let user else { return nil }
            self.init(.put, Self.path(ofAccountData: type, of: user), body: content)
        case .resolve, .askRoomVersion, .loadState, .fillGap, .changeAccountData: return nil
        }
    }

    /// Invites, bans, unbans and kicks differ in their last word and in nothing else.
    private init(change user: UserID, by verb: String, in room: RoomID, reason: String = "") {
        var body = JSONObject()
        body["user_id"] = .string(user.rawValue)
        if !reason.isEmpty { body["reason"] = .string(reason) }
        self.init(.post, room: room, [verb], body: .object(body))
    }

    /// An empty key is left out: some proxies drop the slash that would stand for it.
    static func path(of key: StateKey) -> [String] {
        ["state", key.type.rawValue] + (key.key.isEmpty ? [] : [key.key])
    }

    static func path(ofAccountData type: EventType, of user: UserID) -> [String] {
        ["user", user.rawValue, "account_data", type.rawValue]
    }
}
