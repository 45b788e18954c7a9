package import Lifecycle
import MatrixCore
package import Observability
import Protections

/// Sends what the pipeline has committed to, as much at once as the governor allows, and brings the answers back.
package struct EnforcementService: Service {
    private let pipeline: Pipeline
    private let homeserver: any Homeserver
    private let time: any TimeSource
    private let metrics: BotMetrics
    private let log: Log

    package init(
        pipeline: Pipeline,
        homeserver: any Homeserver,
        time: any TimeSource,
        metrics: BotMetrics,
        log: Log
    ) {
        self.pipeline = pipeline
        self.homeserver = homeserver
        self.time = time
        self.metrics = metrics
        self.log = log
    }

    private enum Happening: Sendable {
        case ended(RowOutcome, Governor.Ending, started: Duration)
        case rung
        case timer(Duration)
        case stopping
    }

    package func run(until shutdown: ShutdownRequest) async throws {
        defer { pipeline.producerEnded() }
        let bell = pipeline.workBell
        await withTaskGroup(of: Happening.self) { group in
            var governor = Governor()
            var timers: Set<Duration> = []
            group.addTask(name: "shutdown") {
                await shutdown.wait()
                return .stopping
            }
            func listen() {
                group.addTask(name: "work bell") {
                    await bell.wait()
                    return .rung
                }
            }
            listen()
            while !shutdown.isMade || governor.inFlight > 0 {
                if !shutdown.isMade { await fill(&group, &governor, until: shutdown) }
                if let wake = await nextWake(governor), timers.allSatisfy({ wake < $0 }) {
                    timers.insert(wake)
                    group.addTask(name: "timer") { [time] in
                        // Cancelled only when the group ends; an early return is a look too many, no more.
                        try? await time.sleep(until: wake)
                        return .timer(wake)
                    }
                }
                switch await group.next() {
                case .ended(let outcome, let ending, let start):
                    governor.ended(ending, startedAt: start, at: time.now().monotonic)
                    pipeline.post(.outcome(outcome))
                case .rung: listen()
                case .timer(let wake): timers.remove(wake)
                case .stopping: break
                case nil: return
                }
            }
            group.cancelAll()
        }
    }

    private func fill(
        _ group: inout TaskGroup<Happening>,
        _ governor: inout Governor,
        until shutdown: ShutdownRequest
    ) async {
        while governor.mayStart(at: time.now().monotonic),
            let row = await pipeline.nextRow(oneByOne: governor.interval > .zero)
        {
            let start = time.now().monotonic
            governor.started(at: start)
            group.addTask(name: "request") {
                let (outcome, ending) = await send(row, until: shutdown)
                return .ended(outcome, ending, started: start)
            }
        }
        await pipeline.note(governor: governor)
    }

    /// When something will be sendable that is not now; nil where only a ring or an answer can change that.
    private func nextWake(_ governor: Governor) async -> Duration? {
        let now = time.now().monotonic
        let ripening = await pipeline.nextRipening
        let paced = governor.inFlight < governor.limit && governor.earliestStart > now ? governor.earliestStart : nil
        // What is ripe already waits for a permit, and not for time.
        return [ripening.flatMap { $0 > now ? $0 : nil }, paced].compactMap { $0 }.min()
    }

    private func send(_ row: JournalRow, until shutdown: ShutdownRequest) async -> (RowOutcome, Governor.Ending) {
        let start = time.now().monotonic
        // What only reads can be asked again by the next run; what changes something is waited for.
        let result =
            row.action.isRead
            ? await shutdown.result { await perform(row) } ?? .failure(.cancelled) : await perform(row)
        metrics.requestTime.observe(time.now().monotonic - start)
        metrics.requests.add(for: RequestEnding(result))
        let ending: Governor.Ending
        switch result {
        case .failure where row.action.hasOwnLimit: ending = .answered
        case .failure(.limited(let wait)): ending = .limited(retryAfter: wait)
        case .failure(.unreachable), .failure(.unknownOutcome), .failure(.serverTrouble): ending = .trouble
        default: ending = .answered
        }
        if case .failure(let error) = result {
            log.debug(
                "request not done",
                ["verb": row.action.verb, "row": "\(row.id)", "error": error.metricLabel]
            )
        }
        return (RowOutcome(row: row.id, result: result), ending)
    }

    private func perform(_ row: JournalRow) async -> RowOutcome.Result {
        let transaction = "\(pipeline.nonce)-\(row.id)"
        do throws(HomeserverError) {
            switch row.action {
            case .loadState(let room): return .state(try await homeserver.state(of: room))
            case .fillGap(let gap): return try await homeserver.pages(of: gap)
            case .askRoomVersion: return .roomVersion(try await homeserver.defaultRoomVersion())
            default: break
            }
            // An earlier try may have been done without our knowing: look before asking again.
            if row.attempts > 0, let found = try await homeserver.find(row.action, transaction: transaction) {
                return found
            }
            return .success(try await homeserver.perform(row.action, transaction: transaction))
        } catch {
            // A refusal may only say that it is so already.
            if case .refused = error, await homeserver.seems(row.action) { return .foundDone }
            return .failure(error)
        }
    }
}
