import MatrixCore
import Observability
import Setup
import Synchronization
import Testing

/// A management room that the bot is not in any more is replaced for somebody, or not at all.
@Suite struct LostManagementRoomTests {
    @Test func `without a manager no room is made`() async throws {
        let bench = SetupBench(ScriptedHomeserver())
        bench.scripted.rooms.joined.withLock { $0 = [] }
        var run = bench.run { _ in }
        run.session = AccountSession(user: try user("@bot:a.org"), token: Secret("syt_x"), device: "D")
        run.progress.managementRoom = try room("!gone:a.org")
        var failure: StepFailure?
        do throws(StepFailure) { _ = try await MakeManagementRoom().perform(&run, bench.tools) } catch {
            failure = error
        }
        #expect(failure?.kind == .usage)
        #expect(
            failure?.cause
                == "--manager is missing: the bot is not in !gone:a.org any more, and a new room needs somebody in it"
        )
        #expect(bench.scripted.rooms.done.withLock { $0 } == [])
        #expect(run.progress.managementRoom == (try room("!gone:a.org")))
    }
}
