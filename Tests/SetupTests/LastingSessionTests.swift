import MatrixCore
import Moderation
import Observability
import Setup
import Synchronization
import TestSupport
import Testing

/// Steps that take longer than the bot's token lives.
@Suite struct LastingSessionTests {
    private static let bot = Identity(user: "@draupnir:example.org", device: "D")
    private static let unknown = ServerFailure(
        "GET whoami",
        .refused(status: 401, code: "M_UNKNOWN_TOKEN", message: "Token is not active")
    )
    private static let next = IssuedTokens(
        accessToken: Secret("mat_2"),
        refreshToken: Secret("mar_2"),
        expiresIn: .seconds(300)
    )

    /// A run that has just got a token of five minutes, `mat_1`.
    private static func begun(_ service: ScriptedService) async throws -> (SetupRun, SetupBench) {
        let bench = SetupBench(ScriptedHomeserver(identities: [.success(bot)]), service)
        var run = bench.run { $0.usesDeviceGrant = true }
        _ = try await ObtainAccount().perform(&run, bench.tools)
        bench.scripted.tokens.withLock { $0 = [] }
        return (run, bench)
    }

    private static func service(_ refreshes: [Result<IssuedTokens, ServerFailure>]) -> ScriptedService {
        ScriptedService(polls: [.success(.granted(ScriptedService.tokens))], refreshes: refreshes)
    }

    @Test func `a token that dies meanwhile is renewed once, and the call repeated`() async throws {
        let (run, bench) = try await Self.begun(Self.service([.success(Self.next)]))
        let homeserver = try #require(run.homeserver)
        let held = try #require(run.session?.token)
        bench.scripted.identities.withLock { $0 = [.failure(Self.unknown), .success(Self.bot)] }
        _ = try await homeserver.identity(held)
        _ = try await homeserver.identity(held)
        #expect(bench.scripted.tokens.withLock { $0 } == [Secret("mat_1"), Secret("mat_2"), Secret("mat_2")])
        #expect(bench.service.asked.withLock { $0.filter { $0 == "refresh" }.count } == 1)
        #expect(bench.session?.token == Secret("mat_2"), "the bot starts with it")
    }

    @Test func `one past half of its life is renewed before it is sent`() async throws {
        let (run, bench) = try await Self.begun(Self.service([.success(Self.next)]))
        await bench.sleep(for: .seconds(200))
        _ = try await run.homeserver?.identity(try #require(run.session?.token))
        #expect(bench.scripted.tokens.withLock { $0 } == [Secret("mat_2")])
    }

    @Test func `where nothing renews it, its refusal is told`() async throws {
        let dead = ServerFailure("POST token", .refused(status: 400, code: "invalid_grant", message: ""))
        let (run, bench) = try await Self.begun(Self.service([.failure(dead)]))
        bench.scripted.identities.withLock { $0 = [.failure(Self.unknown)] }
        let homeserver = try #require(run.homeserver)
        let held = try #require(run.session?.token)
        await #expect(throws: Self.unknown) { _ = try await homeserver.identity(held) }
        #expect(bench.scripted.tokens.withLock { $0 } == [Secret("mat_1")])
    }

    @Test func `another's token is neither renewed nor replaced`() async throws {
        let (run, bench) = try await Self.begun(Self.service([.success(Self.next)]))
        bench.scripted.identities.withLock { $0 = [.failure(Self.unknown)] }
        let homeserver = try #require(run.homeserver)
        await #expect(throws: Self.unknown) { _ = try await homeserver.identity(Secret("mat_admin")) }
        #expect(bench.scripted.tokens.withLock { $0 } == [Secret("mat_admin")])
        #expect(!bench.service.asked.withLock { $0.contains("refresh") })
    }
}
