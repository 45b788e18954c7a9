import Lifecycle
import MatrixCore
import Observability

/// Renews the access token at half of its life, and has the pipeline told how it stands.
struct TokenService: Service {
    let session: SessionKeeper
    let pipeline: Pipeline
    let time: any TimeSource
    let metrics: BotMetrics
    let log: Log

    /// How often a token that needs nothing is looked at: a login may have brought one that ends.
    private static let pause: Duration = .seconds(15)

    func run(until shutdown: ShutdownRequest) async throws {
        var failures = 0
        while !shutdown.isMade {
            var trouble: TokenStanding.Trouble?
            if let life = session.credential?.life, time.now().wallMilliseconds >= life.renewalDue {
                switch await shutdown.result({ [session] in await session.renewal() }) {
                case nil: return
                case .success?:
                    failures = 0
                    metrics.tokenRenewals.add(for: .renewed)
                    log.info("the access token was renewed")
                case .failure(let failure)?:
                    failures += 1
                    trouble = .renewing(failure)
                    metrics.tokenRenewals.add(for: .failed)
                    log.warning("the access token could not be renewed", ["cause": failure.text])
                }
            } else {
                failures = 0
            }
            await session.keepAgain()
            if let problem = session.problem { trouble = .keeping(problem.text) }
            let newLogin = session.takeNewLogin()
            if let newLogin { log.warning("the bot had to log in anew", ["cause": newLogin]) }
            let life = session.credential?.life
            pipeline.post(.token(TokenStanding(life: life, trouble: trouble, newLogin: newLogin)))
            let deadline = time.now().monotonic + wait(failures)
            _ = await shutdown.result { [time] in try? await time.sleep(until: deadline) }
        }
    }

    /// Soon after a failure, and the sooner the less is left.
    private func wait(_ failures: Int) -> Duration {
        guard let life = session.credential?.life else { return Self.pause }
        let now = time.now().wallMilliseconds
        guard failures > 0 else {
            // Neither may a clock that was set back make this wait for days, nor a life of nothing make it spin.
            let least: Duration = life.end - life.issued < 1_000 ? Self.pause : .milliseconds(500)
            return min(Self.pause, max(least, .milliseconds(life.renewalDue - now)))
        }
        let backOff: Duration = .seconds(1 << min(failures - 1, 6))
        let left: Duration = .milliseconds(life.end - now)
        return left > .zero ? min(backOff, max(.milliseconds(500), left / 10)) : backOff
    }
}

extension SessionKeeper {
    fileprivate nonisolated func renewal() async -> Result<Void, TokenFailure> {
        do throws(TokenFailure) { return .success(try await renew()) } catch { return .failure(error) }
    }
}

/// When the access token ends, and what is wrong with it.
package struct TokenStanding: Sendable, Equatable {
    package enum Trouble: Sendable, Equatable {
        case renewing(TokenFailure)
        /// It works, and a restart would not find it.
        case keeping(String)
    }

    /// Nil of a token that does not end by itself, or of which that is not known.
    package let life: TokenLife?
    package let trouble: Trouble?
    /// Why the bot had to log in anew just now.
    package let newLogin: String?

    package init(life: TokenLife?, trouble: Trouble?, newLogin: String? = nil) {
        self.life = life
        self.trouble = trouble
        self.newLogin = newLogin
    }
}
