import Moderation
import Observability
import Setup
import Synchronization
import TestSupport
import Testing

/// What becomes of a saved token that the service or Synapse does not take, by their recorded answers.
@Suite(.timeLimit(.minutes(1))) struct RecordedRenewalTests {
    private static let whoami = "GET /_matrix/client/v3/account/whoami"
    private static let compatibility = Credential(
        token: Secret("mct_old"),
        renewal: .matrix(refreshToken: Secret("mcr_old"))
    )
    private static let path = "/bot/secrets/access-token"

    private static func oauth(_ world: RecordedWorld) -> Credential {
        let renewal = Credential.Renewal.oauth(
            refreshToken: Secret("mar_old"),
            clientID: "C",
            tokenEndpoint: world.base + "/oauth2/token"
        )
        return Credential(token: Secret("mat_old"), renewal: renewal)
    }

    private static func save(_ credential: Credential, _ world: RecordedWorld) {
        world.bench.files.withLock { $0[path] = Array(credential.fileText.utf8) }
    }
    private static func dead() throws -> Answer {
        try RecordedWorld.recorded("expiry", "OAuth access token past its 300 s: whoami")
    }
    private static func good() throws -> Answer { try RecordedWorld.recorded("compat_login", "whoami, good token") }
    private static func down() throws -> Answer {
        try RecordedWorld.recorded("outage", "MAS down: whoami with a token not introspected lately")
    }

    @Test(arguments: [false, true])
    func `a token that has merely ended is renewed, though it looks revoked`(_ isOAuth: Bool) async throws {
        try await RecordedWorld.with([Self.whoami: [try Self.dead(), try Self.good()]]) { world in
            Self.save(isOAuth ? Self.oauth(world) : Self.compatibility, world)
            #expect(await world.obtain { _ in }.failure == nil)
            let kept = try #require(world.bench.session)
            #expect(kept.token.reveal().hasPrefix(isOAuth ? "mat_" : "mct_") && !kept.token.reveal().hasSuffix("old"))
            #expect(kept.renewal?.refreshToken.reveal().hasSuffix("old") == false)
            #expect(kept.life.map { $0.end - $0.issued } == 300_000)
            #expect(world.requests.allSatisfy { !$0.body.contains("logout") })
        }
    }

    @Test func `the new pair is kept before it is used, for its use ends the old one`() async throws {
        try await RecordedWorld.with([Self.whoami: [try Self.dead(), try Self.down()]]) { world in
            Self.save(Self.compatibility, world)
            #expect(
                await world.obtain { _ in }.failure?.cause.contains("cannot reach its authentication service") == true
            )
            #expect(world.bench.session?.token.reveal().hasSuffix("old") == false)
        }
    }

    @Test func `an outage of the service is no logout`() async throws {
        try await RecordedWorld.with([Self.whoami: [try Self.down()]]) { world in
            Self.save(Self.compatibility, world)
            let failure = await world.obtain { RecordedWay.client.fill(&$0, world.bench) }.failure
            #expect(
                failure?.cause
                    == "the saved token could not be tried (GET /_matrix/client/v3/account/whoami): the homeserver cannot reach its"
                    + " authentication service: Unable to introspect the access token (status 503)"
            )
            #expect(world.requests.allSatisfy { $0.method == "GET" }, "nothing is renewed or issued")
            #expect(world.bench.text(Self.path) == Self.compatibility.fileText)
        }
    }

    @Test(arguments: [
        ("compat_login", "refresh with a token never issued", false), ("compat_login", "refresh after logout", false),
        ("oauth_tokens", "refresh with the old refresh token after the new access token was used", true),
        ("oauth_tokens", "refresh after the access token was revoked", true),
    ])
    func `a dead refresh token is said to be dead, and stays where it is`(
        _ file: String,
        _ name: String,
        isOAuth: Bool
    ) async throws {
        let refusal = try RecordedWorld.recorded(file, name)
        let answers = [
            Self.whoami: [try Self.dead()], "POST /oauth2/token refresh_token": [refusal],
            "POST /_matrix/client/v3/refresh": [refusal],
        ]
        try await RecordedWorld.with(answers) { world in
            let saved = isOAuth ? Self.oauth(world) : Self.compatibility
            Self.save(saved, world)
            #expect(await world.obtain { _ in }.failure?.cause.contains("leaves accounts to") == true)
            let line = "The saved token in \(Self.path) is dead, and nothing renews it: another is needed."
            #expect(world.bench.told.withLock { $0 } == [line])
            #expect(world.bench.text(Self.path) == saved.fileText)
        }
    }

    @Test(arguments: [
        ("discovery", "refresh, straight to Synapse", "does not pass /refresh on to the authentication service"),
        ("outage", "Synapse down: compat login at MAS", "could not be renewed"),
        ("compat_login", "refresh, refresh_token missing", "could not be renewed"),
        ("rate_limits", "wrong password, try 4", "could not be renewed"),
    ])
    func `a refresh that could not be tried leaves the pair as it is`(
        _ file: String,
        _ name: String,
        says text: String
    ) async throws {
        let answers = [
            Self.whoami: [try Self.dead()],
            "POST /_matrix/client/v3/refresh": [try RecordedWorld.recorded(file, name)],
        ]
        try await RecordedWorld.with(answers) { world in
            Self.save(Self.compatibility, world)
            let failure = await world.obtain { RecordedWay.client.fill(&$0, world.bench) }.failure
            #expect(failure?.cause.contains(text) == true, "\(failure?.text ?? "")")
            #expect(world.bench.text(Self.path) == Self.compatibility.fileText)
            #expect(world.requests.allSatisfy { $0.path != "/oauth2/token" }, "no other token is issued in its place")
        }
    }

    @Test func `a login whose token ends is kept with its refresh token and its five minutes`() async throws {
        let renewable = try RecordedWorld.recorded("compat_login", "refresh_token: true")
        try await RecordedWorld.with(["POST /_matrix/client/v3/login": [renewable]]) { world in
            #expect(await world.obtain { RecordedWay.password.fill(&$0, world.bench) }.failure == nil)
            let kept = world.bench.text(Self.path).flatMap { Credential(fileText: $0) }
            #expect(kept?.life.map { $0.end - $0.issued } == 300_000)
            #expect(kept?.renewal == .matrix(refreshToken: Secret("mcr_CompatRefreshToken001xxxxxxxxx_ErGQF1")))
        }
    }

    @Test func `a login without an end is not asked for one`() async throws {
        try await RecordedWorld.with { world in
            #expect(await world.obtain { RecordedWay.password.fill(&$0, world.bench) }.failure == nil)
            #expect(world.requests.filter { $0.path.hasSuffix("/login") && $0.method == "POST" }.count == 1)
            #expect(world.requests.allSatisfy { !$0.body.contains("refresh_token") })
            #expect(world.bench.text(Self.path)?.hasPrefix("mct_CompatAccessToken009") == true)
        }
    }

    @Test func `admin rights are proved by listing users, and a password login never has them`() async throws {
        try await RecordedWorld.with { world in
            var run = try #require(await world.obtain { RecordedWay.password.fill(&$0, world.bench) }.run)
            run.wishes.wantsServerAdmin = true
            do throws(StepFailure) {
                _ = try await GrantAdmin().perform(&run, world.tools)
                Issue.record("it has no such rights")
            } catch {
                #expect(error.cause.hasPrefix("under an authentication service admin rights come with the token alone"))
                #expect(
                    error.cure[1]
                        == "    mas-cli manage issue-compatibility-token --yes-i-want-to-grant-synapse-admin-privileges bot"
                )
            }
            let probes = world.requests.filter { $0.path.hasPrefix("/_synapse/admin/v2") }
            #expect(probes.map(\.method) == ["GET"])
            #expect(probes.first?.query.contains("guests=false") == true, "without it MAS's Synapse answers 400")
            #expect(
                world.requests.allSatisfy { !$0.body.contains("admin") },
                "`admin: true` is 200 and changes nothing"
            )
        }
    }

    @Test func `a token that logs in to Synapse no more is told to have been dead, not to be no admin`() async throws {
        let refusal = try RecordedWorld.recorded(
            "synapse_admin",
            "whois: OAuth client token with urn:mas:admin only"
        )
        try await RecordedWorld.with(["GET /_synapse/admin/v2/users": [refusal]]) { world in
            var run = try #require(await world.obtain { RecordedWay.password.fill(&$0, world.bench) }.run)
            do throws(StepFailure) {
                _ = try await GrantAdmin().perform(&run, world.tools)
                Issue.record("the token is dead")
            } catch { #expect(error.cause.contains("Token doesn't grant access to the Matrix C-S API")) }
        }
    }
}
