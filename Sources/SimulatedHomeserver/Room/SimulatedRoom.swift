import JSON
import MatrixCore

/// A room: its timeline, which is never cut, and the state that it comes to.
///
/// A class, so that an event is added in place: the world looks at a room while it changes it.
final class SimulatedRoom {
    let id: RoomID
    let version: String
    private(set) var events: [TimelineEvent] = []
    /// Where in the timeline the event stands that holds the place.
    private(set) var state: [StateKey: Int] = [:]
    private(set) var authority = Authority()
    private(set) var joinedCount = 0
    private var places: [EventID: Int] = [:]

    init(id: RoomID, version: String) {
        self.id = id
        self.version = version
    }

    var versionNumber: Int { Int(version) ?? 0 }
    var lastPosition: Int { events.last?.position ?? 0 }

    func place(of event: EventID) -> Int? { places[event] }

    func event(_ key: StateKey) -> TimelineEvent? { state[key].map { events[$0] } }

    func content(_ type: EventType, _ key: String = "") -> JSONValue? { event(StateKey(type, key))?.content }

    private func membership(at place: Int?) -> Membership? { place.flatMap { events[$0].membership } }

    func membership(of user: UserID) -> Membership? { event(StateKey(.member, user.rawValue))?.membership }

    func append(_ event: TimelineEvent) {
        let place = events.count
        events.append(event)
        places[event.id] = place
        if let key = event.key {
            if membership(at: state[key]) == .join { joinedCount -= 1 }
            if event.membership == .join { joinedCount += 1 }
            state[key] = place
            refreshAuthority(after: event.type)
        }
    }

    /// Empties an event by the rules of the room's version.
    func redact(at place: Int, by redaction: Int) {
        guard events[place].redactedBy == nil else { return }
        events[place].content = redactedContent(of: events[place], version: versionNumber)
        events[place].redactedBy = redaction
        if let key = events[place].key, state[key] == place { refreshAuthority(after: events[place].type) }
    }

    private func refreshAuthority(after type: EventType) {
        guard type == .create || type == .powerLevels else { return }
        authority = Authority(
            create: event(StateKey(.create)),
            levels: content(.powerLevels),
            version: versionNumber
        )
    }

    /// The place of the first event behind a position of the stream.
    func place(after position: Int) -> Int {
        var (low, high) = (0, events.count)
        while low < high {
            let middle = (low + high) / 2
            if events[middle].position <= position { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The places of the events that held the state before the event at `end`, in the order of the timeline.
    func statePlaces(before end: Int) -> [Int] {
        var places: [Int] = []
        for newest in state.values {
            var place: Int? = newest
            while let later = place, later >= end { place = events[later].replaces }
            if let place { places.append(place) }
        }
        return places.sorted()
    }

    /// The places of the last state event for each key in a stretch of the timeline.
    func changes(in stretch: Range<Int>) -> [Int] {
        var last: [StateKey: Int] = [:]
        for place in stretch { if let key = events[place].key { last[key] = place } }
        return last.values.sorted()
    }

    func members(_ membership: Membership) -> [UserID] {
        state.compactMap { key, place in
            guard key.type == .member, events[place].membership == membership else { return nil }
            return try? UserID(parsing: key.key)
        }
        .sorted()
    }
}
