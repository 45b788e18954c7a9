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
    private static let next = IssuedTokens(
        accessToken: Secret("mat_2"),
        refreshToken: Secret("mar_2"),
        expiresIn: .seconds(300)
    )

    /// The tokens of a run that has just got one of five minutes, `mat_1`.
    private static func begun(
        _ refreshes: [Result<IssuedTokens, ServerFailure>]
    ) async throws -> (any TokenSuccession, SetupBench) {
        let service = ScriptedService(polls: [.success(.granted(ScriptedService.tokens))], refreshes: refreshes)
        let bench = SetupBench(ScriptedHomeserver(identities: [.success(bot)]), service)
        var run = bench.run { $0.usesDeviceGrant = true }
        _ = try await ObtainAccount().perform(&run, bench.tools)
        #expect(run.session?.token == held)
        return (try #require(bench.succession.withLock { $0 }), bench)
    }

    private static let held = Secret("mat_1")

    @Test func `a token that dies is renewed once, for all who hold it`() async throws {
        let (tokens, bench) = try await Self.begun([.success(Self.next)])
        #expect(await tokens.current(for: Self.held) == Self.held)
        #expect(await tokens.replacement(of: Self.held) == Secret("mat_2"))
        #expect(await tokens.replacement(of: Self.held) == Secret("mat_2"))
        #expect(await tokens.current(for: Self.held) == Secret("mat_2"))
        #expect(bench.service.asked.withLock { $0.filter { $0 == "refresh" }.count } == 1)
        #expect(bench.session?.token == Secret("mat_2"), "the bot starts with it")
    }

    @Test func `the one that replaced it is replaced in its turn`() async throws {
        let third = IssuedTokens(accessToken: Secret("mat_3"), refreshToken: Secret("mar_3"), expiresIn: .seconds(300))
        let (tokens, _) = try await Self.begun([.success(Self.next), .success(third)])
        #expect(await tokens.replacement(of: Self.held) == Secret("mat_2"))
        #expect(await tokens.replacement(of: Secret("mat_2")) == Secret("mat_3"))
        #expect(await tokens.current(for: Self.held) == Secret("mat_3"))
    }

    @Test func `one past half of its life is renewed before it is sent`() async throws {
        let (tokens, bench) = try await Self.begun([.success(Self.next)])
        await bench.sleep(for: .seconds(200))
        #expect(await tokens.current(for: Self.held) == Secret("mat_2"))
    }

    @Test func `where nothing renews it, it stays what it is`() async throws {
        let dead = ServerFailure("POST token", .refused(status: 400, code: "invalid_grant", message: ""))
        let (tokens, _) = try await Self.begun([.failure(dead)])
        #expect(await tokens.replacement(of: Self.held) == nil)
        #expect(await tokens.current(for: Self.held) == Self.held)
    }

    @Test func `another's token is neither renewed nor replaced`() async throws {
        let (tokens, bench) = try await Self.begun([.success(Self.next)])
        #expect(await tokens.current(for: Secret("mat_admin")) == Secret("mat_admin"))
        #expect(await tokens.replacement(of: Secret("mat_admin")) == nil)
        #expect(!bench.service.asked.withLock { $0.contains("refresh") })
    }
}
