import TestSupport
import Synchronization
import MatrixCore
import Moderation
import Setup
import Testing

/// The account of an application service.
@Suite struct AppserviceAccountTests {
    private func obtain(_ sender: String) async -> (outcome: Result<[String], StepFailure>, bench: SetupBench) {
        let bench = SetupBench(ScriptedHomeserver(identities: [.success(Identity(user: "@draupnir:example.org"))]))
        let file = "id: d\nas_token: as-token-of-the-bot\nsender_localpart: \(sender)\nrate_limited: false\n"
        bench.files.withLock { $0["/registration.yaml"] = Array(file.utf8) }
        var run = bench.run { $0.appserviceRegistration = "/registration.yaml" }
        do throws(StepFailure) { return (.success(try await ObtainAccount().perform(&run, bench.tools)), bench) } catch
        {
            return (.failure(error), bench)
        }
    }

    @Test func `its token is kept`() async throws {
        let (outcome, bench) = await obtain("draupnir")
        #expect(try outcome.get().first == "the application service acts as @draupnir:example.org")
        #expect(bench.text("/bot/secrets/access-token")?.contains("as-token-of-the-bot") == true)
    }

    @Test func `a file that the homeserver was not started with is told`() async throws {
        let (outcome, bench) = await obtain("moderator")
        guard case .failure(let failure) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(failure.text.contains("as @draupnir:example.org, and the file's sender_localpart is moderator"))
        #expect(failure.text.contains("restart the homeserver"))
        #expect(bench.text("/bot/secrets/access-token") == nil)
    }
}
