import BotHarness
import FoundationEssentials
import SimulatedHomeserver
import Testing

/// The whole bot in random weather: whatever happens, in the end everything is as the rules say.
///
/// `SIMULATION_SEEDS`, `SIMULATION_FIRST_SEED` and `SIMULATION_STEPS` run more of them, longer, or one again, and
/// `SIMULATION_TRACE` shows what happened. With
/// `SWIFT_DETERMINISTIC_HASHING=1` a seed does the same on every run.
@Suite(.timeLimit(.minutes(1)), .serialized, .stepped) struct SimulationTests {
    private static var seeds: [UInt64] {
        let first = UInt64(number("SIMULATION_FIRST_SEED") ?? 1)
        return Array(first..<first + UInt64(number("SIMULATION_SEEDS") ?? 60))
    }

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    @Test(arguments: seeds)
    func `everything settles as the rules say`(seed: UInt64) async throws {
        let simulation = try await Simulation(seed: seed)
        try await simulation.run(steps: Self.number("SIMULATION_STEPS") ?? 150)
        let problems = try await simulation.settle()
        guard !problems.isEmpty else { return }
        let isTraced = ProcessInfo.processInfo.environment["SIMULATION_TRACE"] != nil
        let trace =
            isTraced ? "\n" + (simulation.trace + (await simulation.village.said())).joined(separator: "\n") : ""
        Issue.record("seed \(seed): \(problems.joined(separator: "; "))\(trace)")
    }
}
