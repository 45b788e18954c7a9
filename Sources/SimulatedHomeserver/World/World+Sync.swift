import JSON
import MatrixCore
import Moderation

/// A sync, and whether there is anything in it that its account did not know.
struct SyncAnswer {
    let body: JSONValue
    let hasNews: Bool
}

extension World {
    func sync(
        _ request: SyncRequest,
        for user: UserID,
        settings: SimulationSettings,
        now: Moment
    ) throws(HomeserverError) -> SyncAnswer {
        let since = try request.since.map { text throws(HomeserverError) in try StreamToken(parsing: text).position }
        let account = accounts[user] ?? SimulatedAccount(displayName: nil)
        let style = SyncStyle(
            user: user,
            since: since,
            limit: max(min(request.timelineLimit, settings.timelineLimit), 1),
            isLazy: request.lazyLoadsMembers,
            stateAfter: request.usesStateAfter ? settings.stateAfter : .unknown,
            now: now.wallMilliseconds
        )
        var (joined, invited, left) = (JSONObject(), JSONObject(), JSONObject())
        // In order, so that every run gives the same bytes.
        for (id, steps) in account.steps.sorted(by: { $0.key < $1.key }) {
            guard let room = rooms[id], let last = steps.last else { continue }
            let isNew = since.map { last.position > $0 } ?? true
            switch last.membership {
            case .join:
                let newly = style.isNewlyJoined(steps)
                guard newly || room.lastPosition > since ?? 0 else { continue }
                joined[id.rawValue] = style.part(of: room, newly: newly, end: room.events.count)
            case .invite where isNew:
                invited[id.rawValue] = ["invite_state": ["events": room.strippedState(forInviteAt: last.place)]]
            case .leave where isNew && (since != nil || last.sender != user), .ban where isNew:
                left[id.rawValue] = style.leftPart(of: room, steps)
            case .invite, .leave, .ban, .knock: continue
            }
        }
        let data = account.data.filter { $0.value.position > since ?? 0 }.sorted {
            $0.value.position < $1.value.position
        }
        var body = JSONObject()
        body["next_batch"] = .string(StreamToken.after(position).text)
        if !data.isEmpty {
            let events = data.map { type, data -> JSONValue in
                ["type": .string(type.rawValue), "content": data.content]
            }
            body["account_data"] = ["events": .array(events)]
        }
        body["device_one_time_keys_count"] = ["signed_curve25519": 0]
        body["device_unused_fallback_key_types"] = []
        var parts = JSONObject()
        for (name, part) in [("join", joined), ("invite", invited), ("leave", left)] where !part.members.isEmpty {
            parts[name] = .object(part)
        }
        let hasNews = !parts.members.isEmpty || !data.isEmpty || since == nil
        if !parts.members.isEmpty { body["rooms"] = .object(parts) }
        return SyncAnswer(body: .object(body), hasNews: hasNews)
    }
}

/// How one sync wants its rooms.
struct SyncStyle {
    let user: UserID
    let since: Int?
    let limit: Int
    let isLazy: Bool
    let stateAfter: SimulationSettings.StateAfter
    let now: Int64

    /// Whether the account was not in the room at the last sync.
    func isNewlyJoined(_ steps: [SimulatedAccount.Step]) -> Bool {
        guard let since else { return true }
        return steps.last { $0.position <= since }?.membership != .join
    }

    /// A room that was left: as far as its member could see it.
    func leftPart(of room: SimulatedRoom, _ steps: [SimulatedAccount.Step]) -> JSONValue {
        let end = (steps.last?.place ?? 0) + 1
        let wasMember = steps.contains { $0.membership == .join && $0.position > since ?? 0 }
        if isNewlyJoined(steps), !wasMember {
            // An invitation turned down, or a ban from outside: nothing of the room but that.
            return part(of: room, timeline: end - 1..<end, isLimited: false, state: [], isJoined: false)
        }
        return part(of: room, newly: isNewlyJoined(steps), end: end, isJoined: false)
    }

    func part(of room: SimulatedRoom, newly: Bool, end: Int, isJoined: Bool = true) -> JSONValue {
        let first = newly ? 0 : min(room.place(after: since ?? 0), end)
        let start = max(first, end - limit)
        let timeline = start..<end
        var state =
            switch (newly, stateAfter) {
            case (true, .unknown): room.statePlaces(before: start)
            case (true, _): room.statePlaces(before: end)
            case (false, .unknown): room.changes(in: first..<start)
            case (false, _): room.changes(in: first..<end)
            }
        if isLazy { state = lazily(state, of: room, timeline: timeline, newly: newly) }
        let isLimited = start > first || (newly && since != nil)
        return part(of: room, timeline: timeline, isLimited: isLimited, state: state, isJoined: isJoined)
    }

    private func part(
        of room: SimulatedRoom,
        timeline: Range<Int>,
        isLimited: Bool,
        state: [Int],
        isJoined: Bool
    ) -> JSONValue {
        func events(_ places: some Sequence<Int>) -> JSONValue {
            .array(places.map { room.clientEvent(at: $0, for: user, now: now, namesRoom: false) })
        }
        let before = timeline.isEmpty ? StreamToken.after(since ?? 0) : .before(room.events[timeline.lowerBound])
        var part = JSONObject()
        part["timeline"] = [
            "events": events(timeline), "prev_batch": .string(before.text), "limited": .boolean(isLimited),
        ]
        part[stateName] = ["events": events(state)]
        part["account_data"] = ["events": []]
        if isJoined {
            part["ephemeral"] = ["events": []]
            part["unread_notifications"] = ["notification_count": 0, "highlight_count": 0]
            part["summary"] = [:]
        }
        return .object(part)
    }

    private var stateName: String {
        switch stateAfter {
        case .unknown: "state"
        case .unstable: "org.matrix.msc4222.state_after"
        case .stable: "state_after"
        }
    }

    /// Leaves out members who do not speak in the timeline, and brings those who do.
    private func lazily(_ places: [Int], of room: SimulatedRoom, timeline: Range<Int>, newly: Bool) -> [Int] {
        var speakers = Set(timeline.map { room.events[$0].sender.rawValue }.map(ByteText.init))
        if newly { speakers.insert(ByteText(user.rawValue)) }
        // A delta under MSC4222 is whole: Synapse leaves no member out of it.
        let isWhole = !newly && stateAfter != .unknown
        let kept = places.filter { place in
            guard isWhole || room.events[place].type == .member else { return true }
            return isWhole || speakers.contains(ByteText(room.events[place].stateKey ?? ""))
        }
        guard !newly else { return kept }
        let end = stateAfter == .unknown ? timeline.lowerBound : timeline.upperBound
        let wanted = speakers.compactMap { speaker -> Int? in
            var place = room.state[StateKey(.member, speaker.text)]
            while let later = place, later >= end { place = room.events[later].replaces }
            return place
        }
        return Set(kept + wanted).sorted()
    }
}
