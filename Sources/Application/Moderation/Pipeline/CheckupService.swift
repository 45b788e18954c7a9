import Lifecycle
import MatrixCore

/// Has everything outside looked at once the bot runs, and then once a day, and passes on what is wrong.
struct CheckupService: Service {
    let pipeline: Pipeline
    let checkup: any Checkup
    let time: any TimeSource

    /// After the start, whose requests matter more.
    private static let firstWait: Duration = .seconds(5)
    private static let pause: Duration = .seconds(86_400)

    func run(until shutdown: ShutdownRequest) async throws {
        var wait = Self.firstWait
        while !shutdown.isMade {
            let next = time.now().monotonic + wait
            _ = await shutdown.result { [time] in try? await time.sleep(until: next) }
            guard !shutdown.isMade, let failures = await shutdown.result({ [checkup] in await checkup.failures() })
            else {
                continue
            }
            pipeline.post(.checked(failures))
            wait = Self.pause
        }
    }
}
