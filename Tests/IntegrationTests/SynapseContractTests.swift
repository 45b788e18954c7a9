import TestSupport
import Moderation
import HomeserverContract
import MatrixClient
import MatrixCore
import Observability
import Testing

/// What the bot relies on, asked of Synapse through the bot's own client.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct SynapseContractTests {
    @Test(arguments: HomeserverContract.allCases, [false, true])
    func `a real homeserver`(_ clause: HomeserverContract, knowsStateAfter: Bool) async throws {
        let synapse = try await Synapse.shared(SynapseOptions(knowsStateAfter: knowsStateAfter))
        try await clause.check(on: SynapseFixture(synapse: synapse))
    }
}

private struct SynapseFixture: HomeserverFixture {
    let synapse: Synapse

    func makeAccount(_ name: String) async throws -> HomeserverAccount {
        let account = try await synapse.register(name)
        let client = MatrixClient(
            homeserver: synapse.url,
            session: .fixed(Secret(account.accessToken)),
            version: "test",
            http: synapse.http
        )
        return HomeserverAccount(user: account.userID, homeserver: client)
    }
}
