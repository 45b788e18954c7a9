import JSON
import MatrixCore
import Moderation

extension World {
    mutating func send(_ draft: EventDraft, at now: Moment) throws(HomeserverError) -> EventID {
        let name = draft.transaction.map { "\(draft.room) \($0)" }
        if let name, let made = accounts[draft.sender]?.transactions[name] { return made }
        try authorizeSending(draft, in: try room(draft.room))
        let event = try append(draft, at: now)
        if let name { accounts[draft.sender]?.transactions[name] = event }
        return event
    }

    mutating func sendState(_ draft: EventDraft, at now: Moment) throws(HomeserverError) -> EventID {
        if draft.type == .member { return try sendMember(draft, at: now) }
        let room = try room(draft.room)
        // The same again makes no second event, and is not asked whether it may.
        if let old = draft.stateKey.flatMap({ room.event(StateKey(draft.type, $0)) }), old.sender == draft.sender,
            old.content == draft.content
        {
            return old.id
        }
        if draft.type == .create { throw .forbidden("Changing the room create event is forbidden") }
        try authorizeSending(draft, in: room)
        return try append(draft, at: now)
    }

    mutating func redact(_ draft: EventDraft, at now: Moment) throws(HomeserverError) -> EventID {
        let room = try room(draft.room)
        if let redacted = draft.redacts {
            let target = room.place(of: redacted).map { room.events[$0] }
            if target?.type == .create { throw .forbidden("Redacting create events is not permitted") }
            if target?.type == .serverACL { throw .forbidden("Redacting server ACL events is not permitted") }
            if target == nil, rooms.values.contains(where: { $0.place(of: redacted) != nil }) {
                throw .badRequest("Cannot redact event from a different room")
            }
            if room.authority.level(of: draft.sender) < room.authority.named("redact", 50) {
                guard let target else { throw .notFound("Could not find event \(redacted)") }
                guard target.sender == draft.sender else {
                    throw .forbidden("You don't have permission to redact events")
                }
            }
        }
        return try send(draft, at: now)
    }

    private mutating func sendMember(_ draft: EventDraft, at now: Moment) throws(HomeserverError) -> EventID {
        guard let target = draft.stateKey.flatMap({ try? UserID(parsing: $0) }),
            case .object(var content) = draft.content, case .string(let word)? = content["membership"],
            let request = MembershipRequest(rawValue: word), request != .kick, request != .unban
        else { throw .badRequest("Invalid membership key") }
        content["membership"] = nil
        return try change(target, request, by: draft.sender, in: draft.room, content: content, at: now)
    }

    private func authorizeSending(_ draft: EventDraft, in room: SimulatedRoom) throws(HomeserverError) {
        guard room.membership(of: draft.sender) == .join else {
            throw .forbidden("User \(draft.sender) not in room \(room.id)")
        }
        try checkServer(of: draft.sender, in: room)
        let own = room.authority.level(of: draft.sender)
        let needed = room.authority.levelToSend(draft.type, isState: draft.stateKey != nil)
        guard own >= needed else {
            throw .forbidden(
                "You don't have permission to post that to the room. user_level (\(own)) < send_level (\(needed))"
            )
        }
        if let key = draft.stateKey, key.utf8.first == UInt8(ascii: "@"), !equalByBytes(key, draft.sender.rawValue) {
            throw .forbidden("You are not allowed to set others state")
        }
        guard draft.content.encoded().count <= 64_000 else {
            throw .refused(status: 413, code: "M_TOO_LARGE", message: "event too large")
        }
        switch draft.type {
        case .powerLevels where draft.stateKey == "": try room.checkPowerLevels(draft.content, by: draft.sender)
        case .serverACL where draft.stateKey == "": try checkACL(draft.content)
        default: break
        }
    }

    private func checkACL(_ content: JSONValue) throws(HomeserverError) {
        guard let own = try? ServerName(parsing: serverName), serverACL(content).admits(own) else {
            throw .badRequest("Can't create an ACL event that denies the local server")
        }
    }
}
