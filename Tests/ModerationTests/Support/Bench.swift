import BotHarness
import Commands
import JSON
import MatrixCore
import Moderation
import Observability
import Protections
import SimulatedHomeserver
import TestSupport

/// A bot's state on the bench: inputs go in, the changeset comes out and is kept as a disk would.
struct Bench {
    private(set) var state: ModerationState
    private(set) var store: MemoryStore
    var now: Duration = .zero
    /// What `/state` of a room gives.
    var world: [RoomID: [JSONValue]]
    var aliases: [RoomAlias: RoomID] = [:]
    /// All rows of all decisions, each in its last form.
    private(set) var journal: [Int64: JournalRow] = [:]
    /// What was sent, in order.
    private(set) var sent: [Action] = []
    private let settings: BotSettings
    private let user: UserID
    private var syncs = 0
    private var commands = 0

    init(
        _ world: [RoomID: [JSONValue]] = Bench.world(),
        settings: BotSettings = Bench.settings,
        user: UserID = Community.bot
    ) async throws {
        self.world = world
        self.settings = settings
        self.user = user
        store = MemoryStore()
        state = Self.state(settings, user: user)
        try state.restore(await store.load())
    }

    static var settings: BotSettings {
        var settings = BotSettings()
        settings.managementRoom = .room(RoomReference(Community.management))
        return settings
    }

    static func world(
        lobby: [UserID] = [Community.alice],
        garden: [UserID] = [Community.alice],
        rules: JSONValue...
    ) -> [RoomID: [JSONValue]] {
        [
            Community.management: Events.room([], rule: "invite"), Community.lobby: Events.room(lobby),
            Community.garden: Events.room(garden), Community.list: Events.room([]) + rules,
        ]
    }

    private static func state(_ settings: BotSettings, user: UserID = Community.bot) -> ModerationState {
        ModerationState(
            bot: Bot(user: user),
            settings: settings,
            nonce: "test",
            log: Log("test", minimum: .error, sink: NoSink())
        )
    }

    // MARK: Feeding it

    @discardableResult
    mutating func decide(_ inputs: Input...) async throws -> Changeset {
        let time = Moment(monotonic: now, wallMilliseconds: 1_700_000_000_000)
        let changes = state.decide(inputs, at: time)
        for row in changes.rows { journal[row.id] = row }
        try await store.commit(changes)
        state.queue.markCommitted()
        return changes
    }

    /// The next answer of sync.
    @discardableResult
    mutating func sync(_ change: (SyncBody) -> SyncBody = { $0 }) async throws -> Changeset {
        syncs += 1
        return try await sync(body: OwnedPaddedBytes(change(SyncBody("s\(syncs)")).json.encoded()))
    }

    @discardableResult
    mutating func sync(body: OwnedPaddedBytes) async throws -> Changeset {
        try await decide(
            .sync(
                SyncAnswer(
                    body: body,
                    since: state.position,
                    isCatchUp: state.phase == .waitingForFirstSync,
                    isLazy: state.position == nil
                )
            )
        )
    }

    /// Gives every row that can be sent the answer of a homeserver that does all it is asked, until nothing is left.
    @discardableResult
    mutating func answerAll(
        atMost limit: Int = 1_000,
        holdingBack verbs: Set<String> = [],
        failing: (Action) -> HomeserverError? = { _ in nil }
    ) async throws -> [Action] {
        var sent: [Action] = []
        var held: [Int64] = []
        while sent.count < limit, let row = state.nextRow(at: now) {
            guard !verbs.contains(row.action.verb) else {
                held.append(row.id)
                continue
            }
            guard state.isStillWanted(row) else {
                try await decide(.needless(row.id))
                continue
            }
            sent.append(row.action)
            self.sent.append(row.action)
            try await decide(
                .outcome(
                    RowOutcome(row: row.id, result: failing(row.action).map { .failure($0) } ?? result(of: row.action))
                )
            )
        }
        for row in held.reversed() {
            try await decide(.outcome(RowOutcome(row: row, result: .failure(.limited(retryAfter: .zero)))))
        }
        return sent
    }

    /// Answers so many rows and no more.
    mutating func answer(_ count: Int) async throws { try await answerAll(atMost: count) }

    func result(of action: Action) -> RowOutcome.Result {
        switch action {
        case .loadState(let room):
            .state(OwnedPaddedBytes(JSONValue.array(world[room] ?? []).encoded()))
        case .fillGap: .pages([], isWhole: true)
        case .askRoomVersion: .roomVersion("11")
        case .sendEvent, .sendState, .redact, .setServerACL: .success(.event("$made"))
        case .join(let reference):
            switch reference.name {
            case .id(let room): .success(.room(room, via: []))
            case .alias: .success(.room(Community.list, via: []))
            }
        case .createRoom: .success(.room("!made:a.org", via: []))
        case .resolve(let alias): .success(.room(aliases[alias] ?? Community.list, via: ["b.org"]))
        default: .success(.done)
        }
    }

    /// A bot that protects the lobby and the garden by one list, with nothing left to do.
    static func enforcing(
        _ world: [RoomID: [JSONValue]] = Bench.world(),
        settings: BotSettings = Bench.settings,
        protecting rooms: [RoomID] = [Community.lobby, Community.garden],
        enabled: JSONValue? = nil
    ) async throws -> Bench {
        var bench = try await Bench(world, settings: settings)
        try await bench.start(protecting: rooms, enabled: enabled)
        try await bench.answerAll()
        bench.forgetJournal()
        return bench
    }

    /// The first sync, with nothing of it answered.
    mutating func start(
        protecting rooms: [RoomID] = [Community.lobby, Community.garden],
        enabled: JSONValue? = nil
    )
        async throws
    {
        let joined = world.keys.sorted()
        try await sync { body in
            var body =
                body
                .account(AccountDataType.protectedRooms, ["rooms": .array(rooms.map { .string($0.rawValue) })])
                .account(
                    AccountDataType.watchedLists,
                    ["references": [.string(Permalink(.room(RoomReference(Community.list, via: ["a.org"]))).text)]]
                )
            if let enabled { body = body.account(AccountDataType.enabledProtections, enabled) }
            for room in joined { body = body.with(room, .init()) }
            return body
        }
    }

    func stored() async throws -> StoredState { try await store.load() }

    /// The state of another account's bot that knows nothing.
    func fresh(user: UserID) -> ModerationState { Self.state(settings, user: user) }

    /// What a moderator types, and everything that is asked for because of it answered.
    @discardableResult
    mutating func command(
        _ text: String,
        in room: RoomID = Community.management,
        by sender: UserID = Community.mod
    ) async throws -> [Action] {
        commands += 1
        let event = Events.message(text, by: sender, id: Events.id("$command-\(commands)"))
        try await sync { $0.timeline(room, event) }
        now += .seconds(1)
        return try await answerAll(holdingBack: ["ban"])
    }

    mutating func forgetJournal() { journal = [:] }

    /// The process dies here; the next one reads what was committed.
    mutating func restart(settings: BotSettings? = nil) async throws {
        store = await store.restart()
        state = Self.state(settings ?? self.settings, user: user)
        try state.restore(await store.load())
    }

    /// Marks what `next` gives as sent, and gives it.
    mutating func send() -> JournalRow? { state.nextRow(at: now) }

    // MARK: Looking

    /// Those that may be sent.
    var bans: [String] { wishes(.pending, words) }
    /// Those that wait for power.
    var parkedBans: [String] { wishes(.parked, words) }

    private func words(_ action: Action) -> String? {
        if case .ban(let user, let room, _) = action { "\(user) \(room)" } else { nil }
    }

    /// The open rows of a kind, in words and in order.
    func wishes(_ status: JournalRow.Status, _ words: (Action) -> String?) -> [String] {
        state.queue.rows.values.filter { $0.status == status }.compactMap { words($0.action) }.sorted()
    }

    func open(_ isWanted: (Action) -> Bool) -> [JournalRow] {
        state.queue.rows.values.filter { isWanted($0.action) }.sorted { $0.id < $1.id }
    }

    /// What was said in the management room, or is to be.
    var said: [String] {
        journal.values.sorted { $0.id < $1.id }.compactMap { row in
            guard case .sendEvent(.message, let content, _) = row.action, case .string(let body)? = content["body"]
            else { return nil }
            return body
        }
    }

    /// What the last ACL of each room that was sent denies.
    var sentACLs: [RoomID: [String]] {
        var found: [RoomID: [String]] = [:]
        for case .setServerACL(let content, let room) in sent { found[room] = content.deny }
        return found
    }

    /// Of the open rows.
    var acls: [RoomID: ServerACLContent] {
        var found: [RoomID: ServerACLContent] = [:]
        for row in state.queue.rows.values {
            if case .setServerACL(let content, let room) = row.action { found[room] = content }
        }
        return found
    }
}

extension Changeset {
    var actions: [Action] { rows.map(\.action) }
}
