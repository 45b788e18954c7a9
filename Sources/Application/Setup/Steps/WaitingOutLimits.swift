/// Asks until no limit of the server is in the way: five waits at the most, each shorter than `longest`.
///
/// Longer delays than five minutes come as five minutes. Before each wait that a person would notice, `tell` hears of it.
func waitingOutLimits<Answer: Sendable>(
    _ clock: any SetupClock,
    shorterThan longest: Duration,
    tell: (Duration) -> Void,
    _ ask: () async throws(ServerFailure) -> Answer
) async throws(ServerFailure) -> Answer {
    var refusals = 0
    while true {
        do throws(ServerFailure) { return try await ask() } catch {
            guard case .limited(let delay) = error.reason, refusals < 5, delay < longest else { throw error }
            refusals += 1
            if delay >= .seconds(2) { tell(delay) }
            await clock.sleep(for: delay)
        }
    }
}

extension SetupTools {
    /// In the way that a person follows a run.
    func tellOfLimit(_ step: String, on what: String, _ delay: Duration) {
        person.tell("\(step): the homeserver limits \(what): waiting \(delay.components.seconds) s")
    }
}
