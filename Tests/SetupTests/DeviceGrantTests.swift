import MatrixCore
import Moderation
import Observability
import Setup
import Synchronization
import TestSupport
import Testing

/// Once a person has approved the bot, nothing that passes by itself makes them do it again.
@Suite struct DeviceGrantTests {
    private static let bot = Identity(user: "@draupnir:example.org", device: "D")
    private static let approved = "/bot/secrets/approved-session"
    private static let down = ServerFailure(
        "GET whoami",
        .trouble(status: 503, "Unable to introspect the access token")
    )
    private static let unknown = ServerFailure(
        "GET whoami",
        .refused(status: 401, code: "M_UNKNOWN_TOKEN", message: "Token is not active")
    )
    private static let granted = Result<DeviceGrantAnswer, ServerFailure>.success(.granted(ScriptedService.tokens))

    private static func obtain(_ bench: SetupBench, asAdmin: Bool = false) async -> StepFailure? {
        await bench.failureOfObtaining {
            $0.usesDeviceGrant = true
            $0.wantsServerAdmin = asAdmin
        }
    }

    @Test(arguments: [
        down, ServerFailure("GET whoami", .limited(retryAfter: .seconds(7))), ServerFailure("GET whoami", .timedOut),
        ServerFailure("GET whoami", .webPage(status: 429)),
    ])
    func `a homeserver in trouble for a moment is asked again`(_ failure: ServerFailure) async {
        let service = ScriptedService(polls: [Self.granted])
        let bench = SetupBench(ScriptedHomeserver(identities: [.failure(failure), .success(Self.bot)]), service)
        #expect(await Self.obtain(bench) == nil)
        #expect(bench.text("/bot/secrets/access-token")?.hasPrefix("mat_1\n") == true)
        #expect(bench.waits.withLock { $0.last } == max(failure.wait, .seconds(1)))
        #expect(!service.asked.withLock { $0.contains("revoke") })
        #expect(bench.text(Self.approved) == nil)
    }

    @Test func `one that stays so costs no approval`() async {
        let service = ScriptedService(polls: [Self.granted])
        let bench = SetupBench(ScriptedHomeserver(identities: [.failure(Self.down)]), service)
        #expect(await Self.obtain(bench)?.cause.contains("the new token was tried and does not work") == true)
        #expect(!service.asked.withLock { $0.contains("revoke") })
        bench.scripted.identities.withLock { $0 = [.success(Self.bot)] }
        let asked = service.asked.withLock { $0.count }
        #expect(await Self.obtain(bench) == nil)
        #expect(service.asked.withLock { $0.count } == asked, "no second grant")
        #expect(bench.text("/bot/secrets/access-token")?.hasPrefix("mat_1\n") == true)
        #expect(bench.text(Self.approved) == nil)
    }

    @Test func `what was approved at another service is not sent here`() async {
        let bench = SetupBench(
            ScriptedHomeserver(identities: [.success(Self.bot)]),
            ScriptedService(polls: [Self.granted])
        )
        let other = Credential(
            token: Secret("mat_other"),
            renewal: .oauth(
                refreshToken: Secret("mar_other"),
                clientID: "c",
                tokenEndpoint: "https://elsewhere.example/oauth2/token"
            )
        )
        bench.files.withLock { $0[Self.approved] = Array(other.fileText.utf8) }
        #expect(await Self.obtain(bench) == nil)
        #expect(bench.scripted.tokens.withLock { $0.allSatisfy { $0 == Secret("mat_1") } })
        #expect(bench.text("/bot/secrets/access-token")?.hasPrefix("mat_1\n") == true)
    }

    @Test func `what was approved and is not used after all is ended`() async throws {
        let service = ScriptedService(polls: [Self.granted])
        let bench = SetupBench(ScriptedHomeserver(identities: [.failure(Self.down)]), service)
        #expect(await Self.obtain(bench) != nil)
        bench.scripted.identities.withLock { $0 = [.success(Self.bot)] }
        bench.files.withLock { $0["/token"] = Array("syt_of_the_bot\n".utf8) }
        var run = bench.run { $0.accessTokenFile = "/token" }
        _ = try await ObtainAccount().perform(&run, bench.tools)
        #expect(service.revoked.withLock { $0 } == ["mar_1 of CLIENT"])
        #expect(bench.text(Self.approved) == nil)
    }

    @Test func `nobody is asked to approve what could not be kept`() async {
        let service = ScriptedService(polls: [Self.granted])
        let bench = SetupBench(ScriptedHomeserver(identities: [.success(Self.bot)]), service)
        bench.objection.withLock { $0 = "belongs to another account" }
        #expect(await Self.obtain(bench)?.cause.contains("no secret is put there") == true)
        #expect(service.asked.withLock { $0 } == [])
    }

    @Test func `an approved session that has ended meanwhile is renewed`() async {
        let service = ScriptedService(polls: [Self.granted])
        let bench = SetupBench(ScriptedHomeserver(identities: [.failure(Self.down)]), service)
        _ = await Self.obtain(bench)
        bench.scripted.identities.withLock { $0 = [.failure(Self.unknown), .success(Self.bot)] }
        let next = IssuedTokens(accessToken: Secret("mat_2"), refreshToken: Secret("mar_2"), expiresIn: .seconds(300))
        service.refreshes.withLock { $0 = [.success(next)] }
        service.asked.withLock { $0 = [] }
        #expect(await Self.obtain(bench) == nil)
        #expect(service.asked.withLock { $0 } == ["refresh"], "nobody approves it again")
        #expect(bench.text("/bot/secrets/access-token")?.hasPrefix("mat_2\n") == true)
        #expect(bench.text(Self.approved) == nil)
    }

    @Test func `one that nothing renews is given up for another`() async {
        let service = ScriptedService(polls: [Self.granted])
        let bench = SetupBench(ScriptedHomeserver(identities: [.failure(Self.down)]), service)
        _ = await Self.obtain(bench)
        bench.scripted.identities.withLock { $0 = [.failure(Self.unknown), .success(Self.bot)] }
        let dead = ServerFailure("POST token", .refused(status: 400, code: "invalid_grant", message: ""))
        service.refreshes.withLock { $0 = [.failure(dead)] }
        service.asked.withLock { $0 = [] }
        #expect(await Self.obtain(bench) == nil)
        #expect(service.asked.withLock { $0.contains("poll") }, "a new grant")
    }

    @Test(arguments: [true, false])
    func `one that was approved without admin rights does not stand for one with them`(_ isAdmin: Bool) async {
        let service = ScriptedService(polls: [Self.granted])
        let bench = SetupBench(ScriptedHomeserver(identities: [.failure(Self.down)], isAdmin: isAdmin), service)
        _ = await Self.obtain(bench)
        bench.scripted.identities.withLock { $0 = [.success(Self.bot)] }
        service.asked.withLock { $0 = [] }
        #expect(await Self.obtain(bench, asAdmin: true) == nil)
        #expect(service.asked.withLock { $0.contains("poll") } == !isAdmin)
        #expect(service.asked.withLock { $0.contains("revoke") } == !isAdmin)
    }

    @Test func `a session that nothing would renew is ended`() async {
        let bare = IssuedTokens(accessToken: Secret("mat_1"), refreshToken: nil, expiresIn: .seconds(300))
        let service = ScriptedService(polls: [.success(.granted(bare))])
        let bench = SetupBench(ScriptedHomeserver(identities: [.success(Self.bot)]), service)
        #expect(await Self.obtain(bench)?.cause.contains("gave no refresh token") == true)
        #expect(service.asked.withLock { $0.last } == "revoke")
        #expect(bench.text(Self.approved) == nil)
    }

    @Test func `a guest's session is ended`() async {
        let guest = Identity(user: "@draupnir:example.org", device: "D", isGuest: true)
        let service = ScriptedService(polls: [Self.granted])
        let bench = SetupBench(ScriptedHomeserver(identities: [.success(guest)]), service)
        #expect(await Self.obtain(bench)?.cause.contains("is a guest") == true)
        #expect(service.asked.withLock { $0.last } == "revoke")
        #expect(bench.text(Self.approved) == nil)
    }

    @Test(arguments: [
        (ServerFailure("POST token", .webPage(status: 429)), Duration.seconds(5)),
        (ServerFailure("POST token", .webPage(status: 408)), .seconds(5)),
        (ServerFailure("POST token", .notMatrix(status: 429, "slow down")), .seconds(5)),
        (ServerFailure("POST token", .limited(retryAfter: .seconds(30))), .seconds(30)),
    ])
    func `polling outlasts a proxy's refusal, and waits as it says`(_ failure: ServerFailure, _ wait: Duration) async {
        let service = ScriptedService(polls: [.failure(failure), Self.granted])
        let bench = SetupBench(ScriptedHomeserver(identities: [.success(Self.bot)]), service)
        #expect(await Self.obtain(bench) == nil)
        #expect(bench.waits.withLock { $0 } == [.seconds(5), wait])
    }
}

extension ServerFailure {
    fileprivate var wait: Duration { if case .limited(let delay) = reason { delay } else { .zero } }
}
