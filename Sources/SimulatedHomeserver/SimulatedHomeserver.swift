import JSON
package import MatrixCore
package import Moderation

/// A homeserver in the process: a world of rooms, users and time, with faults on demand.
///
/// The double of the `Homeserver` port: `account(of:)` gives the port, as one user sees it. The rest is for whoever writes
/// the script: it makes users and rooms, lets others act, and looks at what came of it.
///
/// Deterministic: the same calls in the same order give the same bytes.
package actor SimulatedHomeserver {
    package let time: any TimeSource
    package var settings: SimulationSettings {
        didSet { world.defaultRoomVersion = settings.defaultRoomVersion }
    }
    /// Every request of every account, in the order in which they came.
    package private(set) var log: [LogEntry] = []
    private(set) var world: World
    private var requestCount = 0
    private var fault: @Sendable (SimulatedRequest) -> Fault? = { _ in nil }
    private var waiting = WaitingSyncs()
    private var late: [LateEffect] = []

    package init(_ settings: SimulationSettings = SimulationSettings(), time: any TimeSource) {
        self.settings = settings
        self.time = time
        world = World(settings)
    }

    /// The port, for one user; a user who is not registered has a token that nobody knows.
    package nonisolated func account(of user: UserID) -> SimulatedHomeserver.Account {
        Account(user: user, homeserver: self)
    }

    /// Asked for each request what goes wrong with it.
    package func setFaults(_ fault: @escaping @Sendable (SimulatedRequest) -> Fault?) { self.fault = fault }

    package func clearLog() { log = [] }

    /// Carries out a call that is answered at once.
    func answer<Value: Sendable>(
        _ call: Call,
        by user: UserID,
        _ act: @escaping @Sendable (inout World, Moment) throws(HomeserverError) -> Value
    ) async throws(HomeserverError) -> Answer<Value> {
        let (number, fault) = begin(call, by: user)
        do throws(HomeserverError) {
            try await admit(call, by: user, fault)
            if case .lateEffect(let delay) = fault {
                put(off: delay, number) { world, now in _ = try? act(&world, now) }
                throw .unknownOutcome("simulated")
            }
            let value = try change(for: number, act)
            try fault?.failAfterEffect()
            if fault?.keptBytes != nil, !call.hasBody { throw .badAnswer("simulated: cut short") }
            finish(number, nil)
            return Answer(value: value, keptBytes: fault?.keptBytes)
        } catch {
            finish(number, error)
            throw error
        }
    }

    func sync(_ request: SyncRequest, by user: UserID) async throws(HomeserverError) -> Answer<JSONValue> {
        let (number, fault) = begin(.sync(request), by: user)
        do throws(HomeserverError) {
            try await admit(.sync(request), by: user, fault)
            let deadline = time.now().monotonic + request.timeout
            while true {
                settle()
                let answer = try world.sync(request, for: user, settings: settings, now: time.now())
                if answer.hasNews || time.now().monotonic >= deadline {
                    try fault?.failAfterEffect()
                    finish(number, nil)
                    return Answer(value: answer.body, keptBytes: fault?.keptBytes)
                }
                let wait = waiting.begin()
                defer { waiting.end(wait) }
                let due = late.map(\.due).min() ?? deadline
                try await wait.wait(until: min(due, deadline), on: time)
            }
        } catch {
            finish(number, error)
            throw error
        }
    }

    private func begin(_ call: Call, by user: UserID) -> (number: Int, Fault?) {
        requestCount += 1
        let request = SimulatedRequest(number: requestCount, user: user, call: call, at: time.now())
        log.append(LogEntry(request: request))
        return (requestCount, fault(request))
    }

    private func admit(_ call: Call, by user: UserID, _ fault: Fault?) async throws(HomeserverError) {
        guard !Task.isCancelled else { throw .cancelled }
        if case .delay(let delay) = fault {
            do { try await time.sleep(until: time.now().monotonic + delay) } catch { throw .cancelled }
        }
        try fault?.failBeforeEffect()
        guard world.accounts[user]?.isTokenValid == true else {
            throw .tokenRejected(message: "Invalid access token passed.")
        }
        guard call.makesEvents, let limit = settings.rateLimit else { return }
        if let wait = world.accounts[user]?.limiter.admit(limit, at: time.now().monotonic) {
            throw .limited(retryAfter: wait)
        }
    }

    /// Changes the world by the script's hand, or for a request, and wakes the syncs that wait.
    func change<Value>(
        for number: Int? = nil,
        _ act: (inout World, Moment) throws(HomeserverError) -> Value
    ) throws(HomeserverError) -> Value {
        settle()
        let before = world.position
        defer {
            if world.position > before {
                if let number { note(number) { $0.tookEffect = true } }
                waiting.wakeAll()
            }
        }
        return try act(&world, time.now())
    }

    /// Changes something that no sync waits for.
    func set(_ change: (inout World) -> Void) { change(&world) }

    private func put(off delay: Duration, _ number: Int, _ act: @escaping @Sendable (inout World, Moment) -> Void) {
        late.append(LateEffect(due: time.now().monotonic + delay, number: number, act: act))
        // Whoever waits now waits for this too.
        waiting.wakeAll()
    }

    /// Lets come true what is due, in the order in which it was asked for.
    func settle() {
        let now = time.now()
        let due = late.filter { $0.due <= now.monotonic }
        guard !due.isEmpty else { return }
        late.removeAll { $0.due <= now.monotonic }
        for effect in due {
            let before = world.position
            effect.act(&world, now)
            if world.position > before { note(effect.number) { $0.tookEffect = true } }
        }
        waiting.wakeAll()
    }

    private func finish(_ number: Int, _ error: HomeserverError?) {
        note(number) {
            $0.error = error
            $0.isAnswered = true
        }
    }

    /// Does nothing for a request of a log that was cleared.
    private func note(_ number: Int, _ change: (inout LogEntry) -> Void) {
        let place = number - (log.first?.request.number ?? .max)
        if log.indices.contains(place) { change(&log[place]) }
    }
}

/// What is given, and how much of its body arrives.
struct Answer<Value: Sendable>: Sendable {
    let value: Value
    let keptBytes: Int?
}

/// What a request does long after its caller has given up.
private struct LateEffect {
    let due: Duration
    let number: Int
    let act: @Sendable (inout World, Moment) -> Void
}
