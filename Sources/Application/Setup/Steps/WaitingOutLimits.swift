/// Asks until no limit of the server is in the way: five waits at the most, of five minutes at the most each.
///
/// Before each wait that a person would notice, `tell` hears of it.
func waitingOutLimits<Answer: Sendable>(
    _ clock: any SetupClock,
    tell: (Duration) -> Void = { _ in },
    _ ask: () async throws(ServerFailure) -> Answer
) async throws(ServerFailure) -> Answer {
    var refusals = 0
    while true {
        do throws(ServerFailure) { return try await ask() } catch {
            guard case .limited(let delay) = error.reason, refusals < 5, delay <= .seconds(300) else { throw error }
            refusals += 1
            if delay >= .seconds(2) { tell(delay) }
            await clock.sleep(for: delay)
        }
    }
}
