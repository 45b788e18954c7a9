import Observability
import Setup

/// The machine's clock and random numbers.
struct SystemSetupClock: SetupClock {
    private let start = ContinuousClock.now

    func now() -> Duration { ContinuousClock.now - start }

    func wallMilliseconds() -> Int64 { Observability.wallMilliseconds() }

    /// Ends early where the program is cancelled.
    func sleep(for duration: Duration) async { try? await Task.sleep(for: duration) }

    func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
