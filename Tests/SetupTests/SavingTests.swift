import Setup
import Synchronization
import TestSupport
import Testing

/// What setup keeps goes where nobody else gets it, and no second setup overwrites it.
@Suite(.timeLimit(.minutes(1))) struct SavingTests {
    @Test func `a folder of another's gets no secret`() async throws {
        try await RecordedWorld.with { world in
            world.bench.objection.withLock { $0 = "is a link" }
            let failure = await world.obtain { RecordedWay.token.fill(&$0, world.bench) }.failure
            #expect(failure?.kind == .refused)
            #expect(failure?.cause == "/bot/secrets is a link: no secret is put there")
            #expect(world.bench.files.withLock { $0.keys.allSatisfy { !$0.hasPrefix("/bot/secrets/") } })
        }
    }

    @Test func `a second setup in the folder ends before it saves anything`() async throws {
        try await RecordedWorld.with { world in
            world.bench.lockFailure.withLock { $0 = FileFailure("/bot", "another setup is at work in this folder") }
            let failure = await world.obtain { RecordedWay.token.fill(&$0, world.bench) }.failure
            #expect(failure?.cause == "/bot: another setup is at work in this folder")
            #expect(failure?.cure.first?.contains("let the other one end") == true)
            #expect(world.bench.files.withLock { $0.isEmpty })
        }
    }

    @Test func `a dry run keeps nobody out`() async throws {
        try await RecordedWorld.with { world in
            world.bench.lockFailure.withLock { $0 = FileFailure("/bot", "another setup is at work in this folder") }
            let outcome = await world.obtain {
                RecordedWay.token.fill(&$0, world.bench)
                $0.mode = .dry
            }
            #expect(outcome.failure == nil)
        }
    }

    @Test func `a server that was found is not looked for again`() async throws {
        let bench = SetupBench(ScriptedHomeserver())
        var run = bench.run { _ in }
        let lines = try await FindServer().perform(&run, bench.tools)
        #expect(lines == ["found Synapse at https://matrix.example.org, accounts at https://auth.example.org/"])
        #expect(bench.scripted.asked.withLock { $0 } == [])
    }
}
