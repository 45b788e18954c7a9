import Commands
import JSON
import Lifecycle
package import MatrixCore
package import Moderation
package import Observability
package import Protections
package import SimulatedHomeserver
import Synchronization
package import Testing

/// Something that comes true once.
private final class Flag: Sendable {
    private let state = Mutex(false)
    var isRaised: Bool { state.withLock { $0 } }
    func raise() { state.withLock { $0 = true } }
}

/// A whole bot at a homeserver of its own, on virtual time: services, pipeline and store as in the program.
package final class Village {
    package let time = VirtualTime()
    package let homeserver: SimulatedHomeserver
    package let bot = Community.bot
    package let mod = Community.mod
    package let management: RoomID
    package let list: RoomID
    package let rooms: [RoomID]
    package var settings: BotSettings
    package var session: SessionKeeper?
    package private(set) var store = MemoryStore()
    private let executor = Stepped.executor
    private var process: Task<Void, any Error>?
    private var shutdown = ShutdownRequest()
    package private(set) var health = HealthState()
    package private(set) var metrics = MetricsRegistry()

    /// `rooms` protected rooms, each with `members`.
    package init(
        rooms count: Int = 3,
        members: [UserID] = [Community.alice],
        _ change: (inout SimulationSettings) -> Void = { _ in }
    )
        async throws
    {
        var simulation = SimulationSettings(serverName: "a.org")
        change(&simulation)
        homeserver = SimulatedHomeserver(simulation, time: time)
        await homeserver.register(bot, displayName: "Draupnir")
        await homeserver.register(mod)
        management = try await homeserver.makeRoom(by: mod, RoomTemplate(preset: .privateChat, invite: [bot]))
        try await homeserver.perform(
            .sendState(
                .powerLevels,
                key: "",
                content: ["users": ["@bot:a.org": 100, "@mod:a.org": 100]],
                in: management
            ),
            by: mod
        )
        list = try await homeserver.makeRoom(by: bot)
        var rooms: [RoomID] = []
        for _ in 0..<count { rooms.append(try await homeserver.makeRoom(by: bot)) }
        self.rooms = rooms
        for room in rooms { try await homeserver.join([mod] + members, to: room) }
        try await homeserver.perform(
            .sendState(.powerLevels, key: "", content: ["users": ["@bot:a.org": 100, "@mod:a.org": 50]], in: list),
            by: bot
        )
        try await homeserver.join([mod], to: list)
        settings = BotSettings()
        settings.managementRoom = .room(RoomReference(management))
        let protected = rooms.map { JSONValue.string($0.rawValue) }
        try await homeserver.setAccountData(
            AccountDataType.protectedRooms,
            content: ["rooms": .array(protected)],
            of: bot
        )
        let link = Permalink(.room(RoomReference(list, via: [bot.server]))).text
        try await homeserver.setAccountData(
            AccountDataType.watchedLists,
            content: ["references": [.string(link)]],
            of: bot
        )
    }

    // MARK: The process

    package func start() {
        shutdown = ShutdownRequest()
        health = HealthState()
        metrics = MetricsRegistry()
        let service = ModerationService(
            settings: settings,
            homeserver: homeserver.account(of: bot),
            session: session,
            store: store,
            time: time,
            health: health,
            metrics: BotMetrics(metrics),
            log: Log("test", minimum: .error, sink: NoSink())
        )
        process = Task(executorPreference: executor) { [shutdown] in try await service.run(until: shutdown) }
    }

    /// The end without any notice: nothing that the dead process still does reaches the disk.
    package func crash() async {
        store = await store.restart()
        process?.cancel()
        shutdown.make()
        _ = await finish()?.result
    }

    /// Lets time go on until the process ends by itself.
    package func end() async throws { try await finish()?.value }

    package func stop() async throws {
        shutdown.make()
        try await finish()?.value
    }

    /// Runs the process to its end.
    private func finish() async -> Task<Void, any Error>? {
        guard let process else { return nil }
        let isOver = Flag()
        let watcher = Task(executorPreference: executor) {
            _ = await process.result
            isOver.raise()
        }
        while !isOver.isRaised {
            await executor.pass()
            if !isOver.isRaised { time.advanceToNextDeadline() }
        }
        await watcher.value
        self.process = nil
        return process
    }

    /// Runs so many jobs, time going on where everything waits.
    package func step(_ count: Int) async {
        let end = executor.jobCount + count
        while executor.jobCount < end {
            let before = executor.jobCount
            await executor.pass(atMost: end - before)
            if executor.jobCount < end, !time.advanceToNextDeadline() { return }
        }
    }

    /// Starts it and waits until it enforces.
    package func startEnforcing() async throws {
        start()
        try await wait("it enforces") { [health] in health.isReady }
    }

    // MARK: Time

    /// Lets time go on until it is so; an hour at the most.
    package func wait(
        _ what: Comment,
        atMost limit: Duration = .seconds(3_600),
        sourceLocation: SourceLocation = #_sourceLocation,
        _ isSo: () async throws -> Bool
    ) async throws {
        let end = time.now().monotonic + limit
        while true {
            await executor.pass()
            if try await isSo() { return }
            guard time.now().monotonic < end else {
                Issue.record("never: \(what)", sourceLocation: sourceLocation)
                throw NeverHappened()
            }
            // Where nobody sleeps, time goes on all the same.
            if !time.advanceToNextDeadline() { time.advance(by: .milliseconds(100)) }
        }
    }

    package struct NeverHappened: Error {}

    package func pass(_ duration: Duration) async throws {
        let end = time.now().monotonic + duration
        try await wait("time passes", atMost: duration + .seconds(60)) { time.now().monotonic >= end }
    }

    // MARK: What others do

    package func ban(_ entity: String) async throws {
        let content: JSONValue = ["entity": .string(entity), "recommendation": "m.ban", "reason": "spam"]
        let kind = entity.utf8.first == UInt8(ascii: "@") ? "user" : "server"
        try await homeserver.perform(
            .sendState(EventType(rawValue: "m.policy.rule.\(kind)"), key: "rule:\(entity)", content: content, in: list),
            by: mod
        )
    }

    package func command(_ text: String) async throws {
        _ = try await homeserver.say("!draupnir \(text)", by: mod, in: management)
    }

    // MARK: Looking

    package func isBanned(_ user: UserID, in rooms: [RoomID]? = nil) async -> Bool {
        for room in rooms ?? self.rooms where await homeserver.membership(of: user, in: room) != .ban { return false }
        return true
    }

    /// What the bot said in the management room.
    package func said() async -> [String] {
        await homeserver.events(in: management).filter { $0.sender == bot && $0.type == .message }
            .compactMap { event in
                (try? JSONValue(parsing: event.content.span))?["body"]?.text
            }
    }

    /// How many requests of the bot changed something, by what they were.
    package func effects(_ isWanted: (Action) -> Bool) async -> [Action] {
        await homeserver.log.compactMap { entry in
            guard case .action(let action, _) = entry.request.call, entry.tookEffect, isWanted(action) else {
                return nil
            }
            return action
        }
    }

    package func calls(_ isWanted: (Call) -> Bool) async -> Int {
        await homeserver.log.count { isWanted($0.request.call) }
    }

    /// Each user and room once, however often asked for.
    package func expectEveryBanOnce(sourceLocation: SourceLocation = #_sourceLocation) async {
        let bans = await effects { $0.verb == "ban" }.map { "\($0.target?.rawValue ?? "") \($0.room?.rawValue ?? "")" }
        #expect(Set(bans).count == bans.count, sourceLocation: sourceLocation)
    }

    /// Every change that the bot made stands in its journal.
    package func expectJournalExplainsEverything(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let closed = try await store.journal(limit: 10_000)
        let rows = try await store.load().openRows + closed
        var wishes = rows.map(\.action)
        for action in await effects({ $0.changesSomething }) {
            guard let place = wishes.firstIndex(of: action) else {
                Issue.record("not in the journal: \(action)", sourceLocation: sourceLocation)
                continue
            }
            wishes.remove(at: place)
        }
    }
}
