import Glibc
import MatrixCore
import Moderation
import Observability

/// The system's clocks.
struct SystemTime: TimeSource {
    private let start = ContinuousClock.now

    func now() -> Moment {
        Moment(monotonic: ContinuousClock.now - start, wallMilliseconds: wallMilliseconds())
    }

    func sleep(until deadline: Duration) async throws {
        try await Task.sleep(until: start + deadline, clock: .continuous)
    }
}
