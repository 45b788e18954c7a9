import BotHarness
import FoundationEssentials
import SimulatedHomeserver
import Testing

/// The whole bot in random weather: whatever happens, in the end everything is as the rules say.
///
/// `SIMULATION_SEEDS` and `SIMULATION_FIRST_SEED` run more of them, or one again. With
/// `SWIFT_DETERMINISTIC_HASHING=1` a seed does the same on every run.
@Suite(.timeLimit(.minutes(5)), .stepped) struct SimulationTests {
    private static var seeds: [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        let first = environment["SIMULATION_FIRST_SEED"].flatMap { UInt64($0) } ?? 1
        let count = environment["SIMULATION_SEEDS"].flatMap { UInt64($0) } ?? 40
        return Array(first..<first + count)
    }

    @Test(arguments: seeds)
    func `everything settles as the rules say`(seed: UInt64) async throws {
        let simulation = try await Simulation(seed: seed)
        try await simulation.run(steps: 150)
        let problems = try await simulation.settle()
        guard !problems.isEmpty else { return }
        let isTraced = ProcessInfo.processInfo.environment["SIMULATION_TRACE"] != nil
        let trace = isTraced ? "\n" + simulation.trace.joined(separator: "\n") : ""
        Issue.record("seed \(seed): \(problems.joined(separator: "; "))\(trace)")
    }
}
