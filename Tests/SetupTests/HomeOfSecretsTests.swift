import Synchronization
import MatrixCore
import Setup
import TestSupport
import Testing

/// Saved secrets go to the homeserver that they are of, and to no other.
@Suite struct HomeOfSecretsTests {
    private static func find(_ homeserver: String, _ change: (inout SetupProgress) -> Void) async -> StepFailure? {
        var wishes = SetupWishes()
        wishes.homeserver = homeserver
        var run = SetupRun(wishes: wishes, folder: SetupFolder("/bot"), progress: SetupProgress(mark: "m"))
        run.progress.baseURL = "https://matrix.example.org"
        change(&run.progress)
        let bench = SetupBench(ScriptedHomeserver())
        do throws(StepFailure) {
            _ = try await FindServer().perform(&run, bench.tools)
            return nil
        } catch {
            if error.kind == .refused { #expect(bench.scripted.asked.withLock { $0 } == []) }
            return error
        }
    }

    @Test(arguments: ["https://matrix.example.com", "example.com", "http://127.0.0.1:8008"])
    func `another server gets nothing`(_ homeserver: String) async {
        let failure = await Self.find(homeserver) { $0.user = "@draupnir:example.org" }
        #expect(failure?.kind == .refused)
        #expect(failure?.cause.contains("set up for @draupnir:example.org at https://matrix.example.org") == true)
        #expect(failure?.cure.contains { $0.contains("--directory") } == true)
        let begun = await Self.find(homeserver) { $0.pending = ["account"] }
        #expect(begun?.kind == .refused, "the password that is made for it is kept too")
    }

    @Test(arguments: [
        "https://matrix.example.org", "https://matrix.example.org/", "example.org", "@draupnir:example.org",
    ])
    func `the same server is asked, and so is where its own name leads`(_ homeserver: String) async {
        let failure = await Self.find(homeserver) { $0.user = "@draupnir:example.org" }
        #expect(failure?.kind == .failed, "the double answers nothing: \(failure?.cause ?? "")")
    }

    @Test func `where nothing is saved any server will do`() async {
        #expect(await Self.find("https://matrix.example.com", { _ in })?.kind == .failed)
    }
}
