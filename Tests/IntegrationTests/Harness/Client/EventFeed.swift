import JSON
import MatrixCore

/// What an account sees from a moment on, by `/sync`.
///
/// Waiting asks the homeserver by long polls, and nothing is missed between two waits: what came before is looked at
/// first. Timelines longer than 1,000 events between two syncs are cut.
actor EventFeed {
    private let client: TestClient
    private var position: String?
    private var known: Set<EventID> = []

    /// All timeline events since the feed began, in the order of their arrival.
    private(set) var events: [SyncedEvent] = []
    private(set) var rooms = SyncedRooms()

    fileprivate init(of client: TestClient) {
        self.client = client
    }

    /// How many events there have been: what a later wait may begin with.
    var mark: Int { events.count }

    /// The first event that matches, out of those since `mark`.
    func event(
        _ awaited: String = "an event",
        in room: RoomID? = nil,
        since mark: Int = 0,
        within limit: Duration = .seconds(120),
        where matches: @escaping @Sendable (SyncedEvent) -> Bool
    ) async throws -> SyncedEvent {
        try await waiting(for: awaited, atMost: limit) { feed in
            feed.events[mark...].first { (room == nil || $0.room == room) && matches($0) }
        }
    }

    /// The text of the first message in which `sender` says something that matches.
    func message(
        in room: RoomID,
        from sender: UserID,
        since mark: Int = 0,
        within limit: Duration = .seconds(120),
        where matches: @escaping @Sendable (String) -> Bool = { _ in true }
    ) async throws -> SyncedEvent {
        try await event("a message of \(sender)", in: room, since: mark, within: limit) { event in
            event.type == .message && event.sender == sender && event.body.map(matches) ?? false
        }
    }

    /// Returns once the rooms are as wished.
    @discardableResult
    func rooms(
        _ awaited: String,
        within limit: Duration = .seconds(120),
        until isReached: @escaping @Sendable (SyncedRooms) -> Bool
    ) async throws -> SyncedRooms {
        try await waiting(for: awaited, atMost: limit) { feed in isReached(feed.rooms) ? feed.rooms : nil }
    }

    /// The room of an open invitation by `user`.
    func invitation(from user: UserID, within limit: Duration = .seconds(120)) async throws -> RoomID {
        try await waiting(for: "an invitation by \(user)", atMost: limit) { $0.rooms.invitation(from: user) }
    }

    /// One more sync, which the homeserver may hold for `patience` while there is nothing new.
    func advance(patience: Duration = .seconds(10)) async throws {
        let since = position
        var query = [
            ("timeout", String(patience.components.seconds * 1000)),
            ("filter", #"{"room":{"timeline":{"limit":1000}},"presence":{"not_types":["*"]}}"#),
        ]
        if let since { query.append(("since", since)) }
        let answer = try await client.call(.get, .client("sync"), query: query, timeout: patience + .seconds(60))
        // Two waits at a time ask for the same; the first answer counts.
        guard position == since else { return }
        position = try answer.text("next_batch")
        for event in rooms.take(answer) where event.id.map({ known.insert($0).inserted }) ?? false {
            events.append(event)
        }
    }

    fileprivate func forgetEvents() { events = [] }

    private func waiting<Value: Sendable>(
        for awaited: String,
        atMost limit: Duration,
        _ look: @escaping @Sendable (isolated EventFeed) -> Value?
    ) async throws -> Value {
        do {
            return try await within(limit, awaited) {
                while true {
                    if let value = await look(self) { return value }
                    try await self.advance()
                }
            }
        } catch var passed as DeadlinePassed {
            let latest = events.suffix(10).map { event in
                let content = String(decoding: event.content.encoded(), as: UTF8.self)
                return "  \(event.room) \(event.type) \(event.sender) \(event.stateKey ?? "") \(content)"
            }
            passed.seen = "Seen last, of \(events.count) events:\n" + latest.joined(separator: "\n")
            throw passed
        }
    }
}

extension TestClient {
    /// Begins to follow this account's rooms.
    ///
    /// `fromNow` leaves out the events up to now; state is there all the same.
    func follow(fromNow: Bool = false) async throws -> EventFeed {
        let feed = EventFeed(of: self)
        try await feed.advance(patience: .zero)
        if fromNow { await feed.forgetEvents() }
        return feed
    }
}
