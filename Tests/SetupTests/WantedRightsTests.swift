import MatrixCore
import Moderation
import Observability
import Setup
import Synchronization
import TestSupport
import Testing

/// Admin rights that a bot has had are asked for again with every new token.
@Suite struct WantedRightsTests {
    private static let bot = Identity(user: "@draupnir:example.org", device: "D")
    private static let adminScope = "urn:synapse:admin:*"

    private static func logIn(
        _ bench: SetupBench,
        hadRights: Bool,
        _ change: (inout SetupWishes) -> Void
    ) async throws(StepFailure) -> SetupRun {
        var run = bench.run {
            $0.logsInAnew = true
            change(&$0)
        }
        run.progress.user = bot.user
        run.progress.isAdminWanted = hadRights
        _ = try await ObtainAccount().perform(&run, bench.tools)
        _ = try await GrantAdmin(.look).perform(&run, bench.tools)
        return run
    }

    @Test(arguments: [true, false])
    func `a login in a browser asks for them`(_ hadRights: Bool) async throws {
        let service = ScriptedService(polls: [.success(.granted(ScriptedService.tokens))])
        let bench = SetupBench(ScriptedHomeserver(identities: [.success(Self.bot)], isAdmin: hadRights), service)
        let run = try await Self.logIn(bench, hadRights: hadRights) { $0.usesDeviceGrant = true }
        #expect(service.asked.withLock { $0.first?.contains(Self.adminScope) } == hadRights)
        #expect(run.advice == [])
    }

    @Test(arguments: [true, false])
    func `a personal token is issued with them`(_ hadRights: Bool) async throws {
        let bench = SetupBench(ScriptedHomeserver(identities: [.success(Self.bot)], isAdmin: hadRights))
        _ = try await Self.logIn(bench, hadRights: hadRights) {
            $0.serviceClientID = "C"
            $0.typedServiceSecret = Secret("s")
        }
        #expect(bench.service.asked.withLock { $0.contains { $0.contains(Self.adminScope) } } == hadRights)
    }

    @Test(arguments: [true, false])
    func `mas-cli is told to grant them`(_ hadRights: Bool) async throws {
        let bench = SetupBench(ScriptedHomeserver(identities: [.success(Self.bot)], isAdmin: hadRights))
        let names = [
            "register-user: name taken", "issue-compatibility-token: success with device id", "provision-all-users",
        ]
        let outputs = try names.map { try RecordedWorld.said("cli", $0) }
        bench.commands.withLock { $0 = outputs }
        _ = try await Self.logIn(bench, hadRights: hadRights) { $0.serviceCommand = "mas-cli" }
        let flag = "--yes-i-want-to-grant-synapse-admin-privileges"
        #expect(bench.commandsRun.withLock { $0.joined().contains(flag) } == hadRights)
    }

    @Test func `where a login cannot give them, that is told with its cure`() async throws {
        let session = AccountSession(user: Self.bot.user, token: Secret("mct_1"), device: "D")
        let homeserver = ScriptedHomeserver(identities: [.success(Self.bot)], logins: [.success(session)])
        let run = try await Self.logIn(SetupBench(homeserver), hadRights: true) { $0.typedPassword = Secret("p") }
        #expect(run.advice.map(\.text) == ["@draupnir:example.org has had admin rights, and this token has none"])
        #expect(
            run.advice.first?.cure.contains { $0.hasPrefix("    mas-cli manage issue-compatibility-token") } == true
        )
        #expect(run.progress.isAdminWanted, "the next login asks again")
    }

    @Test func `setup that is run again goes on without them, and says how they come back or are forgotten`()
        async throws
    {
        let bench = SetupBench(ScriptedHomeserver())
        var run = bench.run { _ in }
        run.session = AccountSession(user: Self.bot.user, token: Secret("mct_1"), device: "D")
        run.progress.isAdminWanted = true
        _ = try await GrantAdmin().perform(&run, bench.tools)
        let cure = try #require(run.advice.first?.cure.first)
        #expect(cure.contains("take “server_admin” out of /bot/setup-progress.json") && cure.contains("--server-admin"))
    }

    @Test func `rights that were asked for and never got are not asked for ever after`() async throws {
        let session = AccountSession(user: Self.bot.user, token: Secret("mct_1"), device: "D")
        let bench = SetupBench(ScriptedHomeserver(identities: [.success(Self.bot)], logins: [.success(session)]))
        var run = bench.run {
            $0.typedPassword = Secret("p")
            $0.wantsServerAdmin = true
        }
        _ = try await ObtainAccount().perform(&run, bench.tools)
        do throws(StepFailure) {
            _ = try await GrantAdmin().perform(&run, bench.tools)
            Issue.record("a password login gives none")
        } catch { #expect(!run.progress.isAdminWanted) }
    }
}
