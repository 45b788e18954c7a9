import Protections
import MatrixClient
import MatrixCore
import Moderation
import TestSupport
import Testing

/// What a running bot makes of recorded answers of Synapse behind the Matrix Authentication Service.
@Suite(.timeLimit(.minutes(1))) struct RecordedRefusalTests {
    private static let notActive = HomeserverError.tokenRejected(message: "Token is not active")
    private static let down = HomeserverError.serverTrouble(
        status: 503,
        message: "Unable to introspect the access token"
    )

    @Test(
        arguments: [
            ("outage", "MAS down: sync with a token not introspected lately", down),
            ("outage", "MAS down: whoami with a token not introspected lately", down),
            ("expiry", "the same: sync", notActive),
            ("expiry", "OAuth access token past its 300 s: whoami", notActive),
            ("expiry", "personal access token past its expires_in of 60 s: whoami", notActive),
            ("admin_api", "sync of a locked user, token never introspected before", notActive),
            ("compat_login", "whoami after unlock", notActive),
            ("introspection_cache", "whoami right after unlock: still refused", notActive),
            ("synapse_admin", "putdeact: createRoom, token used before", notActive),
            (
                "oauth_device_grant", "whoami at Synapse of a token without the Matrix API scope",
                .tokenRejected(message: "Token doesn't grant access to the Matrix C-S API")
            ),
            (
                "synapse_admin", "suspended: createRoom, token used before",
                .refused(
                    status: 403,
                    code: "M_USER_SUSPENDED",
                    message: "Sending messages while account is suspended is not allowed."
                )
            ),
            (
                "synapse_admin", "putadmin: admin API with a new token",
                .refused(status: 403, code: "M_FORBIDDEN", message: "You are not a server admin")
            ),
            (
                "personal_sessions", "Synapse admin API with a personal token that has the admin scope",
                .refused(
                    status: 400,
                    code: "M_INVALID_PARAM",
                    message: "The guests parameter is not supported when delegating to MAS."
                )
            ),
            (
                "uia", "delete_devices",
                .refused(status: 404, code: "M_UNRECOGNIZED", message: "Unrecognized request")
            ),
            (
                "compat_login", "login get_token",
                .badAnswer("status 404 without a Matrix error: not from the homeserver itself")
            ),
            ("rate_limits", "wrong password, try 4", .limited(retryAfter: .seconds(5))),
        ] as [(String, String, HomeserverError)]
    )
    func `is an outage, a dead token or a refusal`(
        _ file: String,
        _ name: String,
        is error: HomeserverError
    ) async throws {
        let answer = Answer(try Recording.named(name, in: "mas", file + ".json"))
        let fixture = try Fixture(answer: answer)
        defer { fixture.server.stop() }
        let room = try room()
        #expect(await failure { try await fixture.client.perform(.leave(room), transaction: "t") } == error)
    }
}
