import SimulatedHomeserver
import BotHarness
import JSON
import MatrixCore
import Moderation
import Observability
import Testing

/// The bot's own token over time: renewed in silence, warned of where that fails.
@Suite(.timeLimit(.minutes(1)), .stepped) struct TokenTests {
    /// Ten minutes from the start of time on.
    private func life(_ village: Village, _ length: Duration = .seconds(600)) -> TokenLife {
        TokenLife(issued: village.time.now().wallMilliseconds, lasting: length)
    }

    private func warnings(_ village: Village) async -> [String] {
        await village.said().filter { $0.contains("access token") }
    }

    @Test func `it is renewed at half of its life, and nobody hears of it`() async throws {
        let village = try await Village()
        let second = try Credential.sample("second", life: life(village, .seconds(100_000)))
        let issuer = ScriptedIssuer(renewals: [.success(second)])
        village.session = SessionKeeper(
            try .sample("first", life: life(village)),
            from: SessionOrigin(of: Secret("first")),
            issuer: issuer,
            store: SessionMemory(),
            time: village.time
        )
        try await village.startEnforcing()
        try await village.pass(.seconds(290))
        #expect(issuer.asked == [])
        try await village.pass(.seconds(20))
        #expect(issuer.asked == ["refresh refresh-first"])
        #expect(village.session?.credential == second)
        #expect(await warnings(village) == [])
        let metrics = village.metrics.exposition
        let end = try #require(second.life).end / 1_000
        #expect(metrics.contains("\ndraupnir_token_end_timestamp_seconds \(end)"), "\(metrics)")
        #expect(metrics.contains("\ndraupnir_token_renewals_total{result=\"renewed\"} 1\n"), "\(metrics)")
        try await village.stop()
    }

    @Test func `with a fifth left the moderators and monitors are warned, once, and told when it is over`() async throws
    {
        let village = try await Village()
        let end = life(village)
        let renewed = try Credential.sample("second", life: TokenLife(issued: end.end, lasting: .seconds(6_000)))
        let failure = Result<Credential, TokenFailure>.failure(.unavailable("nobody answers"))
        let issuer = ScriptedIssuer(renewals: Array(repeating: failure, count: 14) + [.success(renewed)])
        village.session = SessionKeeper(
            try .sample("first", life: end),
            from: SessionOrigin(of: Secret("first")),
            issuer: issuer,
            store: SessionMemory(),
            time: village.time
        )
        try await village.startEnforcing()
        try await village.pass(.seconds(470))
        #expect(issuer.asked.count > 3, "it goes on trying")
        #expect(await warnings(village) == [])
        #expect(village.health.warning == nil)
        try await village.wait("the warning", atMost: .seconds(15)) { await !warnings(village).isEmpty }
        #expect(village.health.isReady)
        #expect(village.health.warning?.contains("could not be renewed so far: nobody answers") == true)
        try await village.command("status")
        try await village.wait("status") { await village.said().contains { $0.contains("nobody answers") } }
        try await village.wait("the end of it") {
            await warnings(village).contains { $0.contains("I have a new access token") }
        }
        #expect(village.health.warning == nil)
        #expect(await warnings(village).count { $0.contains("Without a token") } == 1)
        try await village.stop()
    }

    @Test func `a token that cannot be renewed at all is warned of too`() async throws {
        let village = try await Village()
        var credential = try Credential.sample("first", life: life(village))
        credential.renewal = nil
        village.session = SessionKeeper(
            credential,
            from: SessionOrigin(of: Secret("first")),
            issuer: ScriptedIssuer(),
            store: SessionMemory(),
            time: village.time
        )
        try await village.startEnforcing()
        try await village.wait("the warning", atMost: .seconds(500)) { await !warnings(village).isEmpty }
        #expect(village.time.now().monotonic >= .seconds(470))
        try await village.stop()
    }
}
