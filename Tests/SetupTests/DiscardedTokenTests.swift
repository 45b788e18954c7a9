import MatrixCore
import Moderation
import Observability
import Setup
import Synchronization
import TestSupport
import Testing

/// A token that was issued and is refused by setup's own checks does not live on unseen.
@Suite struct DiscardedTokenTests {
    private static let somebody = Identity(user: "@alice:example.org", device: "D")
    private static let guest = Identity(user: "@draupnir:example.org", device: "D", isGuest: true)
    private static let down = ServerFailure("POST logout", .trouble(status: 502, ""))

    private static func client(_ wishes: inout SetupWishes) {
        wishes.serviceClientID = "C"
        wishes.typedServiceSecret = Secret("s")
    }

    private static func password(_ bench: SetupBench) -> SetupBench {
        let session = AccountSession(user: guest.user, token: Secret("mct_1"), device: "D")
        bench.scripted.logins.withLock { $0 = [.success(session)] }
        return bench
    }

    @Test(arguments: [somebody, guest])
    func `a personal token`(_ identity: Identity) async {
        let bench = SetupBench(ScriptedHomeserver(identities: [.success(identity)]))
        #expect(await bench.failureOfObtaining(Self.client)?.cure.count == 1)
        #expect(bench.service.asked.withLock { $0.last } == "end 01P")
        #expect(bench.text("/bot/secrets/access-token") == nil)
    }

    @Test func `a personal token that cannot be ended is named`() async {
        let bench = SetupBench(ScriptedHomeserver(identities: [.success(Self.guest)]))
        bench.service.endings.withLock { $0 = .failure(Self.down) }
        let failure = await bench.failureOfObtaining(Self.client)
        #expect(
            failure?.cure.last == "    curl -X POST -H \"Authorization: Bearer $ADMIN_TOKEN\""
                + " 'https://auth.example.org/api/admin/v1/personal-sessions/01P/revoke'"
        )
    }

    @Test func `a login by password`() async {
        let bench = Self.password(SetupBench(ScriptedHomeserver(identities: [.success(Self.guest)])))
        #expect(await bench.failureOfObtaining { $0.typedPassword = Secret("p") }?.cause.contains("is a guest") == true)
        #expect(bench.scripted.asked.withLock { $0.last } == "logout of mct_1")
    }

    @Test(arguments: [
        (true, "    docker exec mas mas-cli manage kill-sessions draupnir"),
        (
            false,
            "    curl -X DELETE -H \"Authorization: Bearer $ADMIN_TOKEN\""
                + " 'https://matrix.example.org/_synapse/admin/v2/users/%40draupnir%3Aexample.org/devices/D'"
        ),
    ])
    func `one that cannot be logged out is named`(_ isDelegated: Bool, _ line: String) async throws {
        let bench = Self.password(SetupBench(ScriptedHomeserver(identities: [.success(Self.guest)])))
        bench.scripted.logOuts.withLock { $0 = [.failure(Self.down)] }
        var failure: StepFailure?
        if isDelegated {
            let names = [
                "register-user: name taken", "issue-compatibility-token: success with device id", "provision-all-users",
            ]
            let outputs = try names.map { try RecordedWorld.said("cli", $0) }
            bench.commands.withLock { $0 = outputs }
            failure = await bench.failureOfObtaining {
                $0.serviceCommand = "docker exec mas mas-cli"
                $0.localpart = "draupnir"
            }
        } else {
            var run = bench.run { $0.typedPassword = Secret("p") }
            run.server?.authentication = nil
            failure = await bench.failureOfObtaining(&run)
        }
        #expect(failure?.cure.last == line)
    }

    @Test func `one that had ended by itself is no trouble`() async {
        let bench = Self.password(SetupBench(ScriptedHomeserver(identities: [.success(Self.guest)])))
        let ended = ServerFailure.Reason.refused(status: 401, code: "M_UNKNOWN_TOKEN", message: "")
        bench.scripted.logOuts.withLock { $0 = [.failure(ServerFailure("POST logout", ended))] }
        #expect(await bench.failureOfObtaining { $0.typedPassword = Secret("p") }?.cure.count == 1)
    }

    @Test func `a token with admin rights that are not to be had`() async {
        let bench = SetupBench(ScriptedHomeserver(identities: [.success(Identity(user: "@draupnir:example.org"))]))
        var run = bench.run {
            Self.client(&$0)
            $0.wantsServerAdmin = true
        }
        run.session = AccountSession(user: "@draupnir:example.org", token: Secret("mct_1"))
        run.progress.user = "@draupnir:example.org"
        do throws(StepFailure) {
            _ = try await GrantAdmin().perform(&run, bench.tools)
            Issue.record("admin calls are refused")
        } catch { #expect(error.cause.contains("was issued with admin rights, but admin calls are refused")) }
        #expect(bench.service.asked.withLock { $0.last } == "end 01P")
    }

    @Test func `a token that the operator has given is left alone`() async {
        let bench = SetupBench(ScriptedHomeserver(identities: [.success(Self.guest)]))
        #expect(await bench.failureOfObtaining { $0.typedAccessToken = Secret("mct_given") } != nil)
        #expect(!bench.scripted.asked.withLock { $0.contains { $0.hasPrefix("logout") } })
    }

    @Test func `what a dry run asks for in earnest is told as that`() async {
        let bench = SetupBench(ScriptedHomeserver())
        _ = await bench.failureOfObtaining {
            Self.client(&$0)
            $0.mode = .dry
        }
        let told =
            "really asking, to look only: a token of some minutes for the client C (POST"
            + " https://auth.example.org/oauth2/token)"
        #expect(bench.told.withLock { $0 } == [told])
    }
}
