import Observability
import Setup
import TestSupport
import Testing

/// Rate limits under an authentication service: who may lift them, and with which token.
@Suite(.timeLimit(.minutes(1))) struct AdminAdviceTests {
    private static let issuing = [
        "    mas-cli manage issue-compatibility-token --yes-i-want-to-grant-synapse-admin-privileges ADMIN_LOCALPART",
        "    mas-cli manage provision-all-users",
    ]

    @Test func `an admin's token is had before it is used`() async throws {
        try await RecordedWorld.with { world in
            var run = try #require(await world.obtain { RecordedWay.token.fill(&$0, world.bench) }.run)
            run.isServerAdmin = false
            let lines = try await LiftRateLimits().perform(&run, world.tools)
            #expect(lines == ["nothing is given to switch the rate limits off with"])
            let url = "'\(world.base)/_synapse/admin/v1/users/%40bot%3Aexample.org/override_ratelimit'"
            #expect(
                run.advice.last?.cure
                    == [
                        "have a token with admin rights issued where the authentication service runs (no password login gives one):"
                    ]
                    + Self.issuing + [
                        "then, with that token (mct_…) in ADMIN_TOKEN:",
                        "    curl -X POST -H \"Authorization: Bearer $ADMIN_TOKEN\" -d '{\"messages_per_second\": 0,"
                            + " \"burst_count\": 0}' \(url)",
                    ]
            )
        }
    }

    @Test func `a token without the scope is told so, whoever the admin is`() async throws {
        let refusal = try RecordedWorld.recorded("synapse_admin", "putadmin: admin API with a new token")
        try await RecordedWorld.with(["GET /_synapse/admin/v1/users": [refusal]]) { world in
            var run = try #require(await world.obtain { RecordedWay.token.fill(&$0, world.bench) }.run)
            run.adminToken = Secret("mct_of_an_admin")
            let expected = StepFailure(
                "ratelimit",
                "reading the rate limit of @bot:example.org: the token of --admin-access-token-file has no admin rights",
                cure: [
                    "a password login never gives a token with such rights there, not even to an admin; have one issued where the"
                        + " authentication service runs, and give that:"
                ] + Self.issuing
            )
            await #expect(throws: expected) { _ = try await LiftRateLimits().perform(&run, world.tools) }
        }
    }
}
