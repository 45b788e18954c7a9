import MatrixClient
import MatrixCore
import Moderation
import Protections
import TestSupport
import Testing

/// What the running bot makes of Dendrite's recorded answers.
@Suite(.timeLimit(.minutes(1))) struct DendriteAnswerTests {
    private func fixture(_ name: String, _ file: String) throws -> Fixture {
        try Fixture(answer: Answer(Recording.named(name, in: "dendrite", file + ".json")))
    }

    private static func refused(_ status: Int, _ code: String, _ message: String) -> HomeserverError {
        .refused(status: status, code: code, message: message)
    }

    @Test(
        arguments: [
            // No errcode, and an error that says nothing: trouble and absence look the same.
            (
                "moderation", "ban of one who never joined (unknown local user)",
                .unexplained(status: 500, message: "")
            ), ("moderation", "ban, malformed user id", .unexplained(status: 500, message: "")),
            ("moderation", "kick of one who never joined", .unexplained(status: 500, message: "")),
            ("rooms", "join of an unknown room", .unexplained(status: 500, message: "")),
            ("rooms", "join of an unknown alias", .unexplained(status: 500, message: "")),
            (
                "rooms", "join of a remote room whose server is not reached, via given",
                .serverTrouble(status: 500, message: "no Matrix error in it")
            ),
            (
                "moderation", "kick of one who has left",
                refused(403, "M_UNKNOWN", "cannot /kick banned or left users")
            ),
            (
                "moderation", "unban of one not banned",
                refused(400, "M_UNKNOWN", "can only /unban users that are banned")
            ), ("moderation", "banned user joins", refused(403, "M_FORBIDDEN", "InputWasRejected")),
            ("moderation", "invite of a banned user", refused(403, "M_FORBIDDEN", "InputWasRejected")),
            ("moderation", "ban by power 50 of power 100", refused(403, "M_FORBIDDEN", "the event was rejected")),
            (
                "moderation", "ban without power",
                refused(403, "M_FORBIDDEN", "You don't have permission to ban this user, power level too low.")
            ), ("moderation", "redact an unknown event", refused(400, "M_NOT_FOUND", "unknown event ID")),
            (
                "moderation", "power levels (version 12): the creator named in users",
                refused(400, "M_FORBIDDEN", "new power levels event must not contain creator '@bot:example.org'")
            ),
            // retry_after_ms alone: there is no Retry-After.
            ("rate_limits", "invite", .limited(retryAfter: .milliseconds(500))),
            ("login", "sync after logout", .tokenRejected(message: "Unknown token")),
        ] as [(String, String, HomeserverError)]
    )
    func `an error is told apart by what to do about it`(
        _ file: String,
        _ name: String,
        _ error: HomeserverError
    )
        async throws
    {
        let fixture = try fixture(name, file)
        defer { fixture.server.stop() }
        let room = try room()
        #expect(await failure { try await fixture.client.perform(.leave(room), transaction: "t") } == error)
    }

    @Test func `a second ban, and the same ACL again, are done`() async throws {
        let again = try fixture("ban again (already banned)", "moderation")
        defer { again.server.stop() }
        let ban = Action.ban(try user("@mallory:example.org"), in: try room(), reason: "spam")
        #expect(try await again.client.perform(ban, transaction: "t") == .done)
        let acl = try fixture("put server ACL, same content again", "moderation")
        defer { acl.server.stop() }
        let content = ServerACLContent(allow: ["*"], deny: ["evil.org"], allowsIPLiterals: false)
        guard case .event = try await acl.client.perform(.setServerACL(content, in: try room()), transaction: "t")
        else {
            Issue.record("no event")
            return
        }
    }

    @Test(arguments: ["whole state of a room not joined", "state event of an unknown room"])
    func `state of a room that one is not in is refused, whether it exists or not`(_ name: String) async throws {
        let fixture = try fixture(name, "rooms")
        defer { fixture.server.stop() }
        let room = try room()
        #expect(await failure { try await fixture.client.state(of: room) }?.isForbidden == true)
        #expect(
            await failure { try await fixture.client.stateContent(StateKey(.member, bot), in: room) }?.isForbidden
                == true
        )
    }

    @Test func `account data that is a list is no account data`() async throws {
        let fixture = try fixture("get after putting an array", "account_data")
        defer { fixture.server.stop() }
        let error = await failure { try await fixture.client.accountData(AccountDataType.protectedRooms) }
        #expect(error == .badAnswer("a content that is no JSON object"))
    }
}
