import MatrixCore
import Moderation
import Observability
import Setup
import Synchronization
import TestSupport
import Testing

/// What a folder keeps of its bot, where something goes wrong with another account.
@Suite struct KeptSecretTests {
    private static let path = "/bot/secrets/account-password"
    private static let refusal = ServerFailure(
        "POST register",
        .refused(status: 400, code: "M_EXCLUSIVE", message: "This user ID is reserved by an application service.")
    )

    private static func bench(password: String? = nil) -> SetupBench {
        let homeserver = ScriptedHomeserver(logins: [.failure(ServerFailure("POST login", .timedOut))])
        homeserver.registrations.withLock { $0 = .failure(refusal) }
        let bench = SetupBench(homeserver)
        if let password { bench.files.withLock { $0[path] = Array("\(password)\n".utf8) } }
        return bench
    }

    private static func obtain(
        _ bench: SetupBench,
        of user: String? = nil,
        _ change: (inout SetupWishes) -> Void
    ) async -> StepFailure? {
        var run = bench.run {
            $0.typedSharedSecret = Secret("s")
            change(&$0)
        }
        run.server?.authentication = nil
        if let user { run.progress.user = try? UserID(parsing: user) }
        return await bench.failureOfObtaining(&run)
    }

    @Test func `the only password of an account that exists outlasts a refused registration`() async {
        let bench = Self.bench(password: "only-key")
        #expect(await Self.obtain(bench, of: "@draupnir:example.org") { _ in } != nil)
        #expect(bench.scripted.asked.withLock { $0 }.contains("register draupnir"))
        #expect(bench.text(Self.path) == "only-key\n")
    }

    @Test func `a password that this run made for nothing is taken away`() async {
        let bench = Self.bench()
        #expect(await Self.obtain(bench) { $0.localpart = "irc_bot" } != nil)
        #expect(bench.text(Self.path) == nil)
    }

    @Test func `nothing is sent or made for another account than the folder's`() async {
        let bench = Self.bench(password: "only-key")
        bench.files.withLock { $0["/bot/secrets/access-token"] = Array("syt_1\n".utf8) }
        let failure = await Self.obtain(bench, of: "@draupnir:example.org") { $0.localpart = "other" }
        #expect(failure?.cause == "/bot is set up for @draupnir:example.org, not for other")
        #expect(bench.scripted.asked.withLock { $0 } == [])
        #expect(bench.text(Self.path) == "only-key\n")
    }
}
