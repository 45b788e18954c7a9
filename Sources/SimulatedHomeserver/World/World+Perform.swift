import JSON
import MatrixCore
import Moderation
import Protections

extension World {
    func joinedRooms(of user: UserID) -> [RoomID] {
        (accounts[user]?.steps ?? [:]).filter { $0.value.last?.membership == .join }.keys.sorted()
    }

    mutating func perform(
        _ action: Action,
        by user: UserID,
        transaction: String? = nil,
        at now: Moment
    ) throws(HomeserverError) -> ActionResult {
        switch action {
        case .ban(let target, let room, let reason):
            _ = try change(target, .ban, by: user, in: room, content: content(reason), at: now)
        case .unban(let target, let room): _ = try change(target, .unban, by: user, in: room, at: now)
        case .kick(let target, let room, let reason):
            _ = try change(target, .kick, by: user, in: room, content: content(reason), at: now)
        case .invite(let target, let room): _ = try change(target, .invite, by: user, in: room, at: now)
        case .leave(let room): _ = try change(user, .leave, by: user, in: room, at: now)
        case .setAccountData(let type, let content): setAccountData(type, content: content, of: user)
        case .join(let room): return .room(try join(room, by: user, at: now), via: [])
        case .createRoom(let template): return .room(try createRoom(template, by: user, at: now), via: [])
        case .resolve(let alias):
            let (room, via) = try resolve(alias)
            return .room(room, via: via)
        case .setServerACL, .sendState, .sendEvent, .redact:
            return .event(try send(action, by: user, transaction: transaction, at: now))
        case .loadState, .fillGap, .askRoomVersion, .changeAccountData:
            throw .refused(status: 0, code: "", message: "not one request: it has a method of its own")
        }
        return .done
    }

    private mutating func send(
        _ action: Action,
        by user: UserID,
        transaction: String?,
        at now: Moment
    ) throws(HomeserverError) -> EventID {
        guard let room = action.room else { throw .badRequest("no room") }
        var draft = EventDraft(room: room, type: .message, sender: user, content: [:])
        switch action {
        case .sendState(let type, let key, let content, _):
            draft = EventDraft(room: room, type: type, sender: user, stateKey: key, content: content)
            return try sendState(draft, at: now)
        case .setServerACL(let acl, _):
            draft = EventDraft(room: room, type: .serverACL, sender: user, stateKey: "", content: acl.json)
            return try sendState(draft, at: now)
        case .redact(let event, let reason, _):
            draft = EventDraft(room: room, type: .redaction, sender: user, content: .object(content(reason)))
            draft.redacts = event
            draft.transaction = transaction
            return try redact(draft, at: now)
        case .sendEvent(let type, let content, _):
            draft = EventDraft(room: room, type: type, sender: user, content: content)
            draft.transaction = transaction
            return try send(draft, at: now)
        default: throw .badRequest("no event")
        }
    }

    private func content(_ reason: String) -> JSONObject {
        var content = JSONObject()
        if !reason.isEmpty { content["reason"] = .string(reason) }
        return content
    }
}
