import JSON
import MatrixCore
import Moderation

extension World {
    /// A room, and how far the user may see it: to its end, or to where the user left.
    private func visible(_ id: RoomID, to user: UserID) throws(HomeserverError) -> (SimulatedRoom, end: Int) {
        let refusal = HomeserverError.forbidden("User \(user) not in room \(id), and room previews are disabled")
        guard let room = rooms[id] else { throw refusal }
        let step = accounts[user]?.steps[id]?.last
        switch step?.membership {
        case .join: return (room, room.events.count)
        case .leave: return (room, (step?.place ?? 0) + 1)
        case .ban, .invite, .knock, nil:
            guard room.content(.historyVisibility)?["history_visibility"] == "world_readable" else { throw refusal }
            return (room, room.events.count)
        }
    }

    func stateBody(of id: RoomID, for user: UserID, now: Moment) throws(HomeserverError) -> JSONValue {
        let (room, end) = try visible(id, to: user)
        return .array(
            room.statePlaces(before: end)
                .map { room.clientEvent(at: $0, for: user, now: now.wallMilliseconds, namesRoom: true) }
        )
    }

    func stateContent(_ key: StateKey, in id: RoomID, for user: UserID) throws(HomeserverError) -> JSONValue? {
        let (room, end) = try visible(id, to: user)
        var place = room.state[key]
        while let later = place, later >= end { place = room.events[later].replaces }
        return place.map { room.events[$0].content }
    }

    func messagesBody(
        in id: RoomID,
        from: String,
        to: String?,
        limit: Int,
        for user: UserID,
        now: Moment
    ) throws(HomeserverError) -> JSONValue {
        let (room, end) = try visible(id, to: user)
        let upper = min(room.place(after: try StreamToken(parsing: from).position), end)
        let lower = try to.map { text throws(HomeserverError) in
            room.place(after: try StreamToken(parsing: text).position)
        }
        let start = max(upper - min(max(limit, 1), 1_000), min(lower ?? 0, upper))
        var body = JSONObject()
        body["chunk"] = .array(
            (start..<upper).reversed()
                .map { room.clientEvent(at: $0, for: user, now: now.wallMilliseconds, namesRoom: true) }
        )
        body["start"] = .string(from)
        if start < upper { body["end"] = .string(StreamToken.before(room.events[start]).text) }
        return .object(body)
    }
}

/// A place in the stream: behind it, everything is news.
struct StreamToken {
    let position: Int
    /// Whether it is one that a sync gave as `next_batch`.
    private let isLive: Bool

    private init(position: Int, isLive: Bool) {
        self.position = position
        self.isLive = isLive
    }

    static func after(_ position: Int) -> StreamToken { StreamToken(position: position, isLive: true) }

    static func before(_ event: TimelineEvent) -> StreamToken {
        StreamToken(position: event.position - 1, isLive: false)
    }

    init(parsing text: String) throws(HomeserverError) {
        let bytes = text.utf8
        let digits = bytes.dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard let kind = bytes.first, kind == UInt8(ascii: "s") || kind == UInt8(ascii: "t"),
            let position = Int(String(Substring(digits)))
        else { throw .badRequest("Invalid stream token '\(text)'") }
        self.init(position: position, isLive: kind == UInt8(ascii: "s"))
    }

    var text: String { isLive ? "s\(position)_0_0" : "t\(position)_0_0" }
}
