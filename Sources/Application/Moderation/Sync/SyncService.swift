import JSON
package import Lifecycle
import MatrixCore
package import Observability

/// Follows the homeserver and hands every answer, whole and in order, to the pipeline; the next is asked for when the
/// last is on disk.
package struct SyncService: Service {
    private let pipeline: Pipeline
    private let homeserver: any Homeserver
    private let time: any TimeSource
    private let metrics: BotMetrics
    private let log: Log

    /// How long the server holds an answer that has no news.
    private static let patience: Duration = .seconds(30)
    /// Between an answer and the next request while sanctions are under way: back-to-back syncs of the bot's own effects
    /// take a third of what the server could do for the wave.
    ///
    /// Five times what the answer took, so that syncs have a sixth of the time whatever the server can do.
    private static func pause(after time: Duration) -> Duration {
        min(max(time * 5, .milliseconds(200)), .seconds(1))
    }

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

    package func run(until shutdown: ShutdownRequest) async throws {
        defer { pipeline.producerEnded() }
        var isCatchUp = true
        var isTooLarge = false
        var failures = 0
        while !shutdown.isMade {
            let since = await pipeline.position
            var request = SyncRequest(since: since, timeout: isCatchUp ? catchUpTimeout : Self.patience)
            request.lazyLoadsMembers = since == nil || isTooLarge
            // The first answer is for the rooms and the account data: what was said before is nothing to act on.
            if since == nil { request.timelineLimit = 1 }
            let start = time.now().monotonic
            let answer = await shutdown.result { [homeserver, request] in await homeserver.answer(to: request) }
            let elapsed = time.now().monotonic - start
            switch answer {
            case nil: return
            case .success(let body)?:
                metrics.syncs.add(for: .answered)
                let answer = SyncAnswer(
                    body: body,
                    since: since,
                    isCatchUp: isCatchUp,
                    isLazy: request.lazyLoadsMembers
                )
                do { try await pipeline.submit(.sync(answer)) } catch { return }
                failures = await pipeline.damagedAnswers
                guard failures == 0 else {
                    await sleep(wait(failures), until: shutdown)
                    continue
                }
                (isCatchUp, isTooLarge) = (false, false)
                if await pipeline.hasWave { await sleep(Self.pause(after: elapsed), until: shutdown) }
            case .failure(.tooLarge)? where !isTooLarge: isTooLarge = true
            case .failure(.tokenRejected(let message))?: throw StartFailure.tokenRejected(message)
            case .failure(let error)?:
                failures += 1
                metrics.syncs.add(for: .failed)
                log.warning("sync failed", ["error": "\(error)", "failures": "\(failures)"])
                await sleep(wait(after: error, failures), until: shutdown)
            }
        }
    }

    /// Short, and hardly ever the same twice: Synapse remembers an answer for two minutes by all parameters, and one from
    /// before a restart would hide what the bot itself has done since.
    private var catchUpTimeout: Duration { .milliseconds(1 + time.now().wallMilliseconds % 40) }

    private func wait(after error: HomeserverError, _ failures: Int) -> Duration {
        if case .limited(let wait) = error { return wait }
        return wait(failures)
    }

    private func wait(_ failures: Int) -> Duration {
        min(.seconds(60), .milliseconds(500) * (1 << min(failures, 7)))
    }

    private func sleep(_ duration: Duration, until shutdown: ShutdownRequest) async {
        let deadline = time.now().monotonic + duration
        // Cut short by shutdown, which the caller looks at.
        _ = await shutdown.result { [time] in try? await time.sleep(until: deadline) }
    }
}

extension Homeserver {
    fileprivate func answer(to request: SyncRequest) async -> Result<any PaddedBytes, HomeserverError> {
        do throws(HomeserverError) { return .success(try await sync(request)) } catch { return .failure(error) }
    }
}
