import FoundationEssentials
import JSON
import MatrixCore
import Moderation
import Observability
import Testing

/// The bot on Synapse with tokens that end within seconds, and on one that was logged out.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct TokenLifeTests {
    private static let short = SynapseOptions(extraConfiguration: "refreshable_access_token_lifetime: 4s")

    /// Logs the bot in with a token that ends, and puts what renews it into the token's file.
    private func makeRenewable(_ town: ProtectedCommunity) async throws -> Credential {
        let answer = try await logIn(town, ["refresh_token": true])
        guard case .integer(let lifetime)? = answer["expires_in_ms"] else { throw MissingField(name: "expires_in_ms") }
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        let credential = Credential(
            token: Secret(try answer.text("access_token")),
            user: town.account.userID,
            device: try answer.text("device_id"),
            life: TokenLife(issued: now, lasting: .milliseconds(lifetime)),
            renewal: .matrix(refreshToken: Secret(try answer.text("refresh_token")))
        )
        try writeFile(credential.fileText, to: town.bot.folder + "/token", isSecret: true)
        return credential
    }

    private struct MissingField: Error { let name: String }

    private func logIn(_ town: ProtectedCommunity, _ more: JSONValue = [:]) async throws -> JSONValue {
        let account = town.account
        let identifier: JSONValue = ["type": "m.id.user", "user": .string(account.userID.rawValue)]
        var body: JSONValue = [
            "type": "m.login.password", "identifier": identifier, "password": .string(account.password),
        ]
        if case .object(let fields) = more {
            for member in fields.members { body = body.with(member.name, member.value) }
        }
        return try await account.call(.post, .client("login"), body)
    }

    private func session(_ town: ProtectedCommunity) throws -> SavedSession? {
        SavedSession(fileText: tail(of: town.bot.folder + "/data/session", lines: .max))
    }

    @Test func `it lives through many tokens, and through its own death`() async throws {
        try await withProtectedCommunity(.init(rooms: 2, members: 2), on: Self.short) { town in
            let first = try await makeRenewable(town)
            let room = try await town.start()
            try await town.proxy.waitForRequests(4, .post, "refresh", answered: true)
            try await town.ban([town.members[0]])
            try await room.bans(of: [town.members[0]], in: town.rooms)
            #expect(try session(town)?.origin == SessionOrigin(of: first.token))

            try await town.bot.kill()
            let last = try #require(try session(town)).credential
            try await waitForEnd(of: last.token, at: town.account.homeserver.url, town.account.homeserver.http)
            let renewals = town.proxy.count(.post, "refresh")
            try await town.bot.start()
            try await town.ban([town.members[1]])
            try await room.bans(of: [town.members[1]], in: town.rooms)
            #expect(town.proxy.count(.post, "refresh") > renewals, "the token on disk had ended")
            #expect(town.proxy.count(.post, "login") == 0)
            #expect(!(await town.bot.log.contains("could not be renewed")))
        }
    }

    /// The server has ended the old pair by then, but for its refresh token.
    @Test func `a renewal whose answer is lost is asked for again with the same refresh token`() async throws {
        try await withProtectedCommunity(.init(rooms: 1, members: 1), on: Self.short) { town in
            _ = try await makeRenewable(town)
            town.proxy.inject(.loseAnswer(), into: .post, "refresh", times: 1)
            let room = try await town.start()
            try await town.proxy.waitForRequests(3, .post, "refresh", answered: true)
            let asked = town.proxy.requests(.post, "refresh").map(\.text)
            #expect(asked[0] == asked[1])
            #expect(asked[1] != asked[2])
            try await town.ban(town.members)
            try await room.bans(of: town.members, in: town.rooms)
            #expect(town.proxy.count(.post, "login") == 0)
        }
    }

    @Test func `a logout ends it with the cure, and with the password at hand it goes on`() async throws {
        try await withProtectedCommunity(.init(rooms: 1, members: 1), on: Self.short) { town in
            _ = try await makeRenewable(town)
            let room = try await town.start()
            try await town.account.call(.post, .client("logout", "all"))
            #expect(try await town.bot.end(within: .seconds(40)) == .exited(code: 77))
            let log = await town.bot.log
            #expect(log.contains("renewing it was refused"), "\(log.suffix(2_000))")
            #expect(log.contains("draupnir login"))

            try writeFile(town.account.password + "\n", to: town.bot.folder + "/account-password", isSecret: true)
            try await town.bot.start()
            _ = try await room.message { $0.contains("I have logged in anew with the password") }
            try await town.ban(town.members)
            try await room.bans(of: town.members, in: town.rooms)
            #expect(town.proxy.count(.post, "login") == 1)
            try await town.bot.stop()
            try await town.bot.start()
            #expect(town.proxy.count(.post, "login") == 1, "the new token is kept")
        }
    }

    @Test func `with Pantalaimon it logs in once, keeps the token, and logs in again only when that is dead`()
        async throws
    {
        try await withProtectedCommunity(.init(rooms: 1, members: 2)) { town in
            await town.bot.configure(
                "pantalaimon",
                [
                    "use": true, "username": .string(String(town.account.userID.localpart)),
                    "password": .string(town.account.password),
                ]
            )
            let room = try await town.start()
            try await town.bot.stop()
            try await town.bot.start()
            try await town.ban([town.members[0]])
            try await room.bans(of: [town.members[0]], in: town.rooms)
            #expect(town.proxy.count(.post, "login") == 1)

            try await town.account.call(.post, .client("logout", "all"))
            try await town.ban([town.members[1]])
            try await room.bans(of: [town.members[1]], in: town.rooms)
            #expect(town.proxy.count(.post, "login") == 2)
        }
    }

    @Test func `the original's login through Pantalaimon is taken over`() async throws {
        try await withProtectedCommunity(.init(rooms: 1, members: 1)) { town in
            await town.bot.configure("pantalaimon", ["use": true, "username": "bot", "password": "not needed"])
            let data = URL(filePath: town.bot.folder + "/data")
            try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
            let stored: JSONValue = [
                "syncToken": "s1", "kvStore": ["pantalaimon_access_token": .string(town.account.accessToken)],
            ]
            let text = String(decoding: stored.encoded(), as: UTF8.self)
            try writeFile(text, to: town.bot.folder + "/data/bot.json")
            let room = try await town.start()
            try await town.ban(town.members)
            try await room.bans(of: town.members, in: town.rooms)
            #expect(town.proxy.count(.post, "login") == 0)
            #expect(tail(of: town.bot.folder + "/data/bot.json", lines: .max) == text, "its file is left as it is")
        }
    }
}
