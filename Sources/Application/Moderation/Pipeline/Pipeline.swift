import Commands
package import Lifecycle
import MatrixCore
package import Observability
import Synchronization

/// The one ordered way from what happens to what is done: inputs are decided on, the decision is committed, and only then
/// can anybody see what it asks for.
///
/// Memory may lead the disk by one batch; what is sent never does.
package actor Pipeline: Service {
    /// Rings when there may be something to send.
    package nonisolated let workBell = Doorbell()
    /// Part of every transaction ID.
    package nonisolated let nonce: String

    private nonisolated let mailbox: Mailbox
    private var state: ModerationState
    private let store: any Store
    private let time: any TimeSource
    private let health: HealthState
    private let metrics: BotMetrics
    private let log: Log
    private let whenEnforcing: @Sendable () -> Void
    private let emergency: EmergencyNotice?
    /// Nothing is sent while a decision cannot be written.
    private var isStalled = false
    private var isReadyTold = false

    /// `producers` services post inputs; when all of them have ended and nothing is left to decide, the pipeline ends.
    package init(
        state: ModerationState,
        store: any Store,
        time: any TimeSource,
        health: HealthState,
        metrics: BotMetrics,
        log: Log,
        producers: Int,
        whenEnforcing: @escaping @Sendable () -> Void = {},
        emergency: EmergencyNotice? = nil
    ) {
        nonce = state.nonce
        mailbox = Mailbox(producers: producers)
        self.state = state
        self.store = store
        self.time = time
        self.health = health
        self.metrics = metrics
        self.log = log
        self.whenEnforcing = whenEnforcing
        self.emergency = emergency
    }

    // MARK: Coming in

    package nonisolated func post(_ input: Input) { mailbox.put(input) }

    package nonisolated func producerEnded() { mailbox.producerEnded() }

    /// Posts an input and returns once it is committed, or throws where the pipeline has ended.
    package func submit(_ input: Input) async throws(PipelineEnded) {
        let isTaken = await withCheckedContinuation { mailbox.put(input, whenCommitted: $0) }
        if !isTaken { throw PipelineEnded() }
    }

    // MARK: Deciding

    package func run(until shutdown: ShutdownRequest) async throws {
        defer { for letter in mailbox.close() { letter.whenCommitted?.resume(returning: false) } }
        while let letters = await mailbox.next() {
            let changes = state.decide(letters.map(\.input), at: time.now())
            do {
                try await commit(changes)
            } catch {
                for letter in letters { letter.whenCommitted?.resume(returning: false) }
                throw error
            }
            state.queue.markCommitted()
            for letter in letters { letter.whenCommitted?.resume(returning: true) }
            showHealth()
            if letters.contains(where: { $0.isTick }) { metrics.show(state) }
            workBell.ring()
            if case .failed(let failure) = state.phase { throw failure }
        }
    }

    /// Writes the changeset, the same one again where that fails, and gives up after a minute.
    private func commit(_ changes: Changeset) async throws {
        guard !changes.isEmpty else { return }
        defer {
            if isStalled { post(.recovered) }
            isStalled = false
        }
        var wait = Duration.milliseconds(250)
        while true {
            do {
                return try await store.commit(changes)
            } catch {
                health.enter(.degraded(reason: "The database cannot be written."))
                log.error("a decision cannot be written", ["error": "\(error)", "retry in": "\(wait)"])
                let isFirst = !isStalled
                isStalled = true
                if isFirst, let room = state.bot.managementRoom {
                    await emergency?.send("\(error)", to: room, at: time.now())
                }
                guard wait < .seconds(32) else { throw StoreUnavailable(reason: "\(error)") }
                try await time.sleep(until: time.now().monotonic + wait)
                wait *= 2
            }
        }
    }

    private func showHealth() {
        health.warn(state.tokenWarning)
        switch state.phase {
        case .waitingForFirstSync, .findingManagementRoom, .loadingRooms: health.enter(.starting)
        case .enforcing:
            if !isReadyTold { whenEnforcing() }
            isReadyTold = true
            health.enter(state.weakness(at: time.now().monotonic).map { .degraded(reason: $0) } ?? .enforcing)
        case .failed: health.enter(.degraded(reason: "The start failed."))
        }
    }

    // MARK: Going out

    /// While nothing may be sent, nothing ripens either: timers would only find a closed door.
    private var isOpen: Bool { !isStalled && state.phase != .waitingForFirstSync }

    /// The next row to send, asked once more whether it is still right.
    ///
    /// `oneByOne` waits until it is decided what came of the last: where permits are few, a ban that was refused one is
    /// asked for again before anything of less weight.
    func nextRow(oneByOne: Bool) -> JournalRow? {
        guard isOpen, !(oneByOne && state.queue.hasRowsInFlight) else { return nil }
        while let row = state.nextRow(at: time.now().monotonic) {
            if state.isStillWanted(row) { return row }
            post(.needless(row.id))
        }
        return nil
    }

    var nextRipening: Duration? { isOpen ? state.queue.nextRipening : nil }
    var hasWave: Bool { state.queue.hasWave }
    /// Answers of sync in a row that could not be taken in, and have to be asked for again.
    var damagedAnswers: Int { state.damagedAnswers }
    package var position: String? { state.position }
    package var phase: ModerationState.Phase { state.phase }

    func note(governor: Governor) { state.governor = governor }
}

/// The pipeline has ended and takes no more inputs.
package struct PipelineEnded: Error {}

/// The database could not be written for a minute: going on would let effects run ahead of what a restart knows.
package struct StoreUnavailable: Error {
    package let reason: String
}
