import Observability
import Moderation
import JSON
import MatrixCore
import Testing

/// Synapse with tokens that end by themselves: what setup keeps is renewed, and the bot lives on it.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct SetupRenewalTests {
    private static let short = SynapseOptions(
        extraConfiguration: "nonrefreshable_access_token_lifetime: 60s\nrefreshable_access_token_lifetime: 30s"
    )

    @Test func `a made account gets a token that is renewed, and a second run renews it`() async throws {
        let synapse = try await Synapse.start(Self.short)
        defer { synapse.stop() }
        let manager = try await synapse.register("manager")
        let command = try SetupCommand(synapse)
        let arguments = [
            "--localpart", "draupnir", "--manager", manager.userID.rawValue, "--homeserver-config",
            command.homeserverConfig, "--json",
        ]
        let outcome = try await command.setUp(arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let first = command.read(command.directory + "/secrets/access-token").split(whereSeparator: \.isNewline)
        #expect(first.count == 2)
        #expect(first.last?.contains(#""refresh_token":"syr_"#) == true)
        #expect(try await command.bot().joinedRooms().count == 2)

        let kept = try #require(command.credential)
        try await waitForEnd(of: kept.token, at: synapse.url, synapse.http)
        let again = try await command.setUp(arguments)
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.errors.contains("whose token was renewed"), "\(again.errors)")
        #expect(command.credential?.token.reveal() != first.first.map(String.init))
        #expect(command.mode(command.directory + "/storage/session") == 0o600)
        #expect(try await command.bot().joinedRooms().count == 2, "nothing was made twice")
    }
}
