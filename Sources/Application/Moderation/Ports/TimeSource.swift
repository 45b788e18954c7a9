package import MatrixCore

/// Where time comes from: the system's clocks, or a test's.
package protocol TimeSource: Sendable {
    func now() -> Moment
    /// Returns at that time on the monotonic clock, or throws when the task is cancelled.
    func sleep(until deadline: Duration) async throws
}
