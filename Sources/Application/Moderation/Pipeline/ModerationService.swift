import Commands
package import Lifecycle
import MatrixCore
package import Observability

/// The bot as one service: finds out whose token it has, loads what it knew, and runs pipeline, sync and enforcement.
package struct ModerationService: Service {
    private let settings: BotSettings
    private let homeserver: any Homeserver
    private let session: SessionKeeper?
    private let store: any Store
    private let time: any TimeSource
    private let health: HealthState
    private let metrics: BotMetrics
    private let log: Log
    private let checkup: (any Checkup)?
    private let whenEnforcing: @Sendable () -> Void

    /// `session` is what renews the homeserver's token; without one nothing is told of tokens.
    package init(
        settings: BotSettings,
        homeserver: any Homeserver,
        session: SessionKeeper? = nil,
        store: any Store,
        time: any TimeSource,
        health: HealthState,
        metrics: BotMetrics,
        log: Log,
        checkup: (any Checkup)? = nil,
        whenEnforcing: @escaping @Sendable () -> Void = {}
    ) {
        self.settings = settings
        self.homeserver = homeserver
        self.session = session
        self.store = store
        self.time = time
        self.health = health
        self.metrics = metrics
        self.log = log
        self.checkup = checkup
        self.whenEnforcing = whenEnforcing
    }

    package func run(until shutdown: ShutdownRequest) async throws {
        // Both at once: neither needs the other.
        async let stored = store.load()
        guard let identity = try await identity(until: shutdown) else {
            _ = try await stored
            return
        }
        var bot = Bot(user: identity.user)
        do throws(HomeserverError) { bot.displayName = try await homeserver.displayName() } catch {
            log.warning("the display name cannot be read", ["error": error.metricLabel])
        }
        let known = try await stored
        var state = ModerationState(bot: bot, settings: settings, nonce: known.nonce, log: log)
        try state.restore(known)
        let pipeline = Pipeline(
            state: state,
            store: store,
            time: time,
            health: health,
            metrics: metrics,
            log: log,
            producers: 3,
            whenEnforcing: whenEnforcing,
            emergency: EmergencyNotice(homeserver: homeserver, nonce: known.nonce)
        )
        let tokens = session.map {
            TokenService(session: $0, pipeline: pipeline, time: time, metrics: metrics, log: log)
        }
        let checks: CheckupService? = checkup.map { CheckupService(pipeline: pipeline, checkup: $0, time: time) }
        try await runServices(
            ([tokens, checks] as [(any Service)?]).compactMap(\.self) + [
                pipeline,
                EnforcementService(
                    pipeline: pipeline,
                    homeserver: homeserver,
                    time: time,
                    metrics: metrics,
                    log: log
                ),
                SyncService(pipeline: pipeline, homeserver: homeserver, time: time, metrics: metrics, log: log),
                TickService(pipeline: pipeline, time: time), JournalPruning(store: store, time: time, log: log),
            ],
            until: shutdown
        )
    }

    /// Whose token it is; waits for a homeserver that is not there yet, which after a power cut starts as we do.
    private func identity(until shutdown: ShutdownRequest) async throws -> Identity? {
        var attempt = 0
        while !shutdown.isMade {
            do throws(HomeserverError) {
                let identity = try await homeserver.identity()
                session?.learn(identity)
                return identity
            } catch {
                switch error {
                case .tokenRejected(let message): throw StartFailure.tokenRejected(message)
                case .refused, .badAnswer:
                    throw StartFailure.noHomeserver(
                        "No homeserver answers at homeserverUrl \(settings.homeserverURL): \(error.moderatorMessage). "
                            + "Correct homeserverUrl, or the proxy before it."
                    )
                case .limited, .unreachable, .unknownOutcome, .serverTrouble, .unexplained, .tooLarge, .cancelled: break
                }
                attempt += 1
                log.warning("waiting for the homeserver", ["error": error.logText, "attempt": "\(attempt)"])
                let deadline = time.now().monotonic + min(.seconds(30), .milliseconds(250) * (1 << min(attempt, 7)))
                _ = await shutdown.result { [time] in try? await time.sleep(until: deadline) }
            }
        }
        return nil
    }
}

/// Lets the pipeline know that time has passed, once a second.
struct TickService: Service {
    let pipeline: Pipeline
    let time: any TimeSource

    func run(until shutdown: ShutdownRequest) async throws {
        defer { pipeline.producerEnded() }
        while !shutdown.isMade {
            let next = time.now().monotonic + .seconds(1)
            _ = await shutdown.result { [time] in try? await time.sleep(until: next) }
            if !shutdown.isMade { pipeline.post(.tick) }
        }
    }
}

/// Deletes what is older than the journal has to be, once a day.
struct JournalPruning: Service {
    let store: any Store
    let time: any TimeSource
    let log: Log

    /// 90 days, in milliseconds.
    private static let kept: Int64 = 90 * 86_400_000

    func run(until shutdown: ShutdownRequest) async throws {
        while !shutdown.isMade {
            do {
                let count = try await store.prune(before: time.now().wallMilliseconds - Self.kept)
                if count > 0 { log.info("old rows of the journal were deleted", ["rows": "\(count)"]) }
            } catch {
                log.warning("the journal cannot be pruned", ["error": "\(error)"])
            }
            let next = time.now().monotonic + .seconds(86_400)
            _ = await shutdown.result { [time] in try? await time.sleep(until: next) }
        }
    }
}
