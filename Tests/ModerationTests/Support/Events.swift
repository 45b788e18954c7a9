import BotHarness
import JSON
import MatrixCore
import Moderation

/// Events as a homeserver writes them, with only what a test is about spelled out.
enum Events {
    static func state(
        _ type: EventType,
        _ content: JSONValue,
        key: String = "",
        by sender: UserID = Community.mod,
        id: EventID? = nil
    ) -> JSONValue {
        event(type, content, key: key, by: sender, id: id)
    }

    static func event(
        _ type: EventType,
        _ content: JSONValue,
        key: String? = nil,
        by sender: UserID = Community.mod,
        id: EventID? = nil,
        age: Int64? = 100,
        redacts: EventID? = nil
    ) -> JSONValue {
        var object = JSONObject()
        object["type"] = .string(type.rawValue)
        object["state_key"] = key.map { .string($0) }
        object["sender"] = .string(sender.rawValue)
        let name = id?.rawValue ?? "$\(type.rawValue)/\(key ?? "")/\(sender)"
        object["event_id"] = .string(name)
        object["origin_server_ts"] = 1_700_000_000_000
        object["content"] = content
        object["redacts"] = redacts.map { .string($0.rawValue) }
        if let age { object["unsigned"] = ["age": .integer(age)] }
        return .object(object)
    }

    static func member(_ user: UserID, _ membership: Membership, by sender: UserID? = nil) -> JSONValue {
        state(.member, ["membership": .string(membership.name)], key: user.rawValue, by: sender ?? user)
    }

    static func rule(
        _ entity: String,
        _ recommendation: String = "m.ban",
        reason: String = "spam",
        key: String? = nil,
        type: String? = nil,
        id: EventID? = nil,
        by sender: UserID = Community.mod
    ) -> JSONValue {
        let kind = entity.utf8.first == UInt8(ascii: "@") ? "user" : "server"
        return state(
            EventType(rawValue: type ?? "m.policy.rule.\(kind)"),
            ["entity": .string(entity), "recommendation": .string(recommendation), "reason": .string(reason)],
            key: key ?? "rule:\(entity)",
            by: sender,
            id: id ?? Self.id("$rule:\(entity)")
        )
    }

    static func message(
        _ text: String,
        by sender: UserID = Community.mod,
        id: EventID? = nil,
        age: Int64? = 100
    )
        -> JSONValue
    {
        event(.message, ["msgtype": "m.text", "body": .string(text)], by: sender, id: id, age: age)
    }

    static func levels(_ users: [UserID: Int64], ban: Int64 = 50, acl: Int64 = 100) -> JSONValue {
        var object = JSONObject()
        for (user, level) in users { object[user.rawValue] = .integer(level) }
        return state(
            .powerLevels,
            ["users": .object(object), "ban": .integer(ban), "events": ["m.room.server_acl": .integer(acl)]]
        )
    }

    static func redaction(of event: EventID, by sender: UserID = Community.mod) -> JSONValue {
        Events.event(.redaction, ["redacts": .string(event.rawValue)], by: sender, redacts: event)
    }

    static func id(_ text: String) -> EventID {
        do { return try EventID(parsing: text) } catch { preconditionFailure("\(error)") }
    }

    /// A room as `/state` gives it.
    static func room(_ users: [UserID], rule joinRule: String = "public", _ more: JSONValue...) -> [JSONValue] {
        [
            state(.create, ["room_version": "11"]), levels([Community.bot: 100, Community.mod: 100]),
            state(.joinRules, ["join_rule": .string(joinRule)]), member(Community.bot, .join),
            member(Community.mod, .join),
        ] + users.map { member($0, .join) } + more
    }
}

/// An answer of `/sync`.
struct SyncBody {
    struct Part {
        var state: [JSONValue] = []
        var stateAfter: [JSONValue]?
        var unstableStateAfter: [JSONValue]?
        var timeline: [JSONValue] = []
        var limitedAt: String?
    }

    var next: String?
    var joined: [(RoomID, Part)] = []
    var left: [(RoomID, [JSONValue])] = []
    var invited: [RoomID] = []
    var accountData: [(EventType, JSONValue)] = []

    init(_ next: String?) { self.next = next }

    func timeline(_ room: RoomID, _ events: JSONValue...) -> SyncBody {
        var body = self
        body.joined.append((room, Part(timeline: events)))
        return body
    }

    func with(_ room: RoomID, _ part: Part) -> SyncBody {
        var body = self
        body.joined.append((room, part))
        return body
    }

    func account(_ type: EventType, _ content: JSONValue) -> SyncBody {
        var body = self
        body.accountData.append((type, content))
        return body
    }

    var json: JSONValue {
        var object = JSONObject()
        object["next_batch"] = next.map { .string($0) }
        if !accountData.isEmpty {
            object["account_data"] = [
                "events": .array(accountData.map { ["type": .string($0.rawValue), "content": $1] })
            ]
        }
        var join = JSONObject()
        for (room, part) in joined { join[room.rawValue] = json(part) }
        var leave = JSONObject()
        for (room, events) in left { leave[room.rawValue] = ["timeline": ["events": .array(events)]] }
        var invite = JSONObject()
        for room in invited { invite[room.rawValue] = ["invite_state": ["events": []]] }
        object["rooms"] = ["join": .object(join), "leave": .object(leave), "invite": .object(invite)]
        return .object(object)
    }

    private func json(_ part: Part) -> JSONValue {
        var object = JSONObject()
        var timeline = JSONObject()
        timeline["events"] = .array(part.timeline)
        timeline["limited"] = .boolean(part.limitedAt != nil)
        timeline["prev_batch"] = part.limitedAt.map { .string($0) }
        object["timeline"] = .object(timeline)
        object["state"] = ["events": .array(part.state)]
        object["state_after"] = part.stateAfter.map { ["events": .array($0)] }
        object["org.matrix.msc4222.state_after"] = part.unstableStateAfter.map { ["events": .array($0)] }
        return .object(object)
    }
}
