import Observability
import Synchronization
import TestSupport
import Testing

@testable import Setup

/// `mas-cli` on this machine is run where the operator agrees.
@Suite struct ServiceCommandOfferTests {
    private static func failure(_ isInstalled: Bool, isDelegated: Bool = true) async -> StepFailure? {
        let bench = SetupBench(ScriptedHomeserver())
        bench.hasServiceCommand.withLock { $0 = isInstalled }
        var run = bench.run { _ in }
        if !isDelegated { run.server?.authentication = nil }
        do throws(StepFailure) {
            _ = try await ObtainAccount().perform(&run, bench.tools)
            return nil
        } catch { return error }
    }

    @Test func `without a dialogue the error names the flag that runs it, and runs nothing`() async {
        let line = "mas-cli is installed here: give --mas-cli mas-cli, and setup runs it to make account and token"
        #expect(await Self.failure(true)?.cure.first == line)
        #expect(await Self.failure(false)?.cure.contains { $0.contains("is installed here") } == false)
        #expect(await Self.failure(true, isDelegated: false)?.cure.contains { $0.contains("mas-cli") } == false)
    }

    @Test func `the dialogue offers it first where it is here`() throws {
        let bench = SetupBench(ScriptedHomeserver())
        let server = try #require(bench.run { _ in }.server)
        #expect(
            AccountQuestions.ways(on: server, hasServiceCommand: true).prefix(2) == [.serviceCommand, .deviceGrant]
        )
        #expect(
            AccountQuestions.ways(on: server, hasServiceCommand: false).prefix(2) == [.deviceGrant, .serviceCommand]
        )
    }

    @Test func `it is found under an authentication service only`() throws {
        let bench = SetupBench(ScriptedHomeserver())
        bench.hasServiceCommand.withLock { $0 = true }
        var server = try #require(bench.run { _ in }.server)
        #expect(bench.tools.findsServiceCommand(server))
        server.authentication = nil
        #expect(!bench.tools.findsServiceCommand(server))
    }
}
