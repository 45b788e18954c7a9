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

    @Test func `the configuration says whose secrets they are where no note of setup does`() async throws {
        let configuration = try ScratchConfiguration("homeserverUrl: https://matrix.example.org\n")
        func find(_ homeserver: String, _ secret: String) async -> StepFailure? {
            var wishes = SetupWishes()
            wishes.homeserver = homeserver
            let folder = SetupFolder(configuration.folder)
            var run = SetupRun(wishes: wishes, folder: folder, progress: SetupProgress(mark: "m"))
            let bench = SetupBench(ScriptedHomeserver())
            bench.files.withLock {
                $0[folder.configuration] = [0x23]
                $0[folder.secrets + "/" + secret] = Array("secret\n".utf8)
            }
            do throws(StepFailure) { _ = try await FindServer().perform(&run, bench.tools) } catch { return error }
            return nil
        }
        for secret in ["access-token", "approved-session", "account-password", "admin-access-token"] {
            let failure = await find("https://evil.example.com", secret)
            #expect(failure?.kind == .refused)
            #expect(failure?.cause.contains("at https://matrix.example.org, and this is https://evil.example") == true)
            #expect(failure?.cure.last?.contains("homeserverUrl") == true)
            #expect(await find("https://matrix.example.org", secret)?.kind == .failed, "it is asked")
        }
        #expect(await find("https://evil.example.com", "nothing-of-ours")?.kind == .failed)
    }

    @Test func `where nothing is saved any server will do`() async {
        #expect(await Self.find("https://matrix.example.com", { _ in })?.kind == .failed)
    }
}
