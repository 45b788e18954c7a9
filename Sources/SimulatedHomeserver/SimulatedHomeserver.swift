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
    var world: World
    private var requestCount = 0
    private var fault: @Sendable (SimulatedRequest) -> Fault? = { _ in nil }
    private var waiting = WaitingSyncs()

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

    package func change(_ change: @Sendable (inout SimulationSettings) -> Void) { change(&settings) }

    package func clearLog() { log = [] }

    /// Carries out a call that is answered at once.
    func answer<Value: Sendable>(
        _ call: Call,
        by user: UserID,
        _ act: @Sendable (inout World, Moment) throws(HomeserverError) -> Value
    ) async throws(HomeserverError) -> Answer<Value> {
        let (entry, fault) = begin(call, by: user)
        do throws(HomeserverError) {
            try await admit(call, by: user, fault)
            let before = world.position
            defer { note(entry) { [position = world.position] in $0.tookEffect = position != before } }
            let value = try act(&world, time.now())
            if world.position > before { waiting.wakeAll() }
            try fail(after: fault)
            finish(entry, nil)
            return Answer(value: value, keptBytes: fault?.keptBytes)
        } catch {
            finish(entry, error)
            throw error
        }
    }

    func sync(_ request: SyncRequest, by user: UserID) async throws(HomeserverError) -> Answer<JSONValue> {
        let (entry, fault) = begin(.sync(request), by: user)
        do throws(HomeserverError) {
            try await admit(.sync(request), by: user, fault)
            let deadline = time.now().monotonic + request.timeout
            while true {
                let answer = try world.sync(request, for: user, settings: settings, now: time.now())
                if answer.hasNews || time.now().monotonic >= deadline {
                    try fail(after: fault)
                    finish(entry, nil)
                    return Answer(value: answer.body, keptBytes: fault?.keptBytes)
                }
                let wait = waiting.begin()
                defer { waiting.end(wait) }
                try await wait.wait(until: deadline, on: time)
            }
        } catch {
            finish(entry, error)
            throw error
        }
    }

    private func begin(_ call: Call, by user: UserID) -> (entry: Int, Fault?) {
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
        try fail(before: fault)
        guard world.accounts[user]?.isTokenValid == true else {
            throw .tokenRejected(message: "Invalid access token passed.")
        }
        guard call.makesEvents, let limit = settings.rateLimit else { return }
        if let wait = world.accounts[user]?.limiter.admit(limit, at: time.now().monotonic) {
            throw .limited(retryAfter: wait)
        }
    }

    private func fail(before fault: Fault?) throws(HomeserverError) {
        switch fault {
        case .unreachable: throw .unreachable("simulated")
        case .limited(let wait): throw .limited(retryAfter: wait)
        case .refused(let status, let code): throw .refused(status: status, code: code, message: "simulated")
        case .serverTrouble(let status): throw .serverTrouble(status: status, message: "simulated")
        case .lostRequest: throw .unknownOutcome("simulated")
        case .lostAnswer, .serverTroubleAfterEffect, .truncatedBody, .delay, nil: break
        }
    }

    private func fail(after fault: Fault?) throws(HomeserverError) {
        switch fault {
        case .lostAnswer: throw .unknownOutcome("simulated")
        case .serverTroubleAfterEffect(let status): throw .serverTrouble(status: status, message: "simulated")
        default: break
        }
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

    /// Changes the world by the script's hand, and tells the syncs that wait.
    func script<Value>(
        _ act: (inout World, Moment) throws(HomeserverError) -> Value
    ) throws(HomeserverError) -> Value {
        let before = world.position
        let value = try act(&world, time.now())
        if world.position > before { waiting.wakeAll() }
        return value
    }
}

/// What is given, and how much of its body arrives.
struct Answer<Value: Sendable>: Sendable {
    let value: Value
    let keptBytes: Int?
}

extension Fault {
    var keptBytes: Int? {
        guard case .truncatedBody(let count) = self else { return nil }
        return count
    }
}
