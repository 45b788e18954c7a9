import JSON
import MatrixCore
import HTTPClient
import MatrixClient
import Moderation
import Observability
import Synchronization
import TestSupport
import Testing

/// A bot whose token has ended, by the recorded answers of the Matrix Authentication Service and Synapse.
@Suite(.timeLimit(.minutes(1)))
struct SessionTests {
    private static let ended = (
        file: "expiry",
        name: "compat access token (refresh_token: true) past its 300 s, never introspected before: whoami"
    )
    private static let fresh = Secret("mct_CompatAccessToken019xxxxxxxxxx_fSeuq0")

    /// A homeserver that takes the fresh token only, and answers a refresh with one recording.
    private struct Scene {
        let server: ScriptedServer
        let session: SessionKeeper
        let client: MatrixClient
        let store = Store()

        init(refresh: Answer, usesOAuth: Bool = false, takes fresh: Secret = SessionTests.fresh) throws {
            let dead = try Recording.named(SessionTests.ended.name, in: "mas", SessionTests.ended.file + ".json")
            let ended = Answer(dead)
            server = try ScriptedServer { request, socket in
                let isFresh = request.headers.contains("Authorization: Bearer \(fresh.reveal())")
                if request.path.hasSuffix("/refresh") || request.path.hasSuffix("/token") {
                    socket.send(refresh.bytes)
                } else {
                    socket.send(isFresh ? Answer(#"{"user_id":"\#(bot)"}"#).bytes : ended.bytes)
                }
                return true
            }
            let base = "http://127.0.0.1:\(server.port)"
            let (refreshToken, old) = (Secret("mcr_old"), Secret("mct_old"))
            let renewal: Credential.Renewal =
                usesOAuth
                ? .oauth(refreshToken: refreshToken, clientID: "client", tokenEndpoint: base + "/oauth2/token")
                : .matrix(refreshToken: refreshToken)
            let http = try HTTPClient()
            session = SessionKeeper(
                Credential(token: old, renewal: renewal),
                from: SessionOrigin(of: old),
                issuer: HTTPTokenIssuer(baseURL: base, http: http, version: "1") { 1_000 },
                store: store,
                time: StandingTime()
            )
            client = MatrixClient(homeserver: base, session: session, version: "1", http: http)
        }

        init(_ file: String, _ name: String, usesOAuth: Bool = false, takes fresh: Secret = SessionTests.fresh) throws {
            let answer = Answer(try Recording.named(name, in: "mas", file + ".json"))
            try self.init(refresh: answer, usesOAuth: usesOAuth, takes: fresh)
        }

        var paths: [String] { server.requests.map { String($0.path.split(separator: "/").last ?? "") } }
    }

    private final class Store: SessionStoring {
        private let saved = Mutex<SavedSession?>(nil)
        func load() -> SavedSession? { saved.withLock { $0 } }
        func save(_ session: SavedSession) throws(SessionProblem) { saved.withLock { $0 = session } }
        func password() -> Secret? { nil }
    }

    @Test func `a token that has ended is renewed, though the server calls it a hard logout`() async throws {
        let scene = try Scene("compat_login", "refresh")
        defer { scene.server.stop() }
        #expect(try await scene.client.identity().user.rawValue == bot)
        #expect(scene.paths == ["whoami", "refresh", "whoami"])
        let sent = scene.server.requests[1]
        #expect(sent.json?["refresh_token"] == "mcr_old")
        #expect(!sent.headers.contains { $0.hasPrefix("Authorization") })
        let saved = scene.store.load()?.credential
        #expect(saved?.token == Self.fresh)
        #expect(saved?.renewal?.refreshToken == Secret("mcr_CompatRefreshToken002xxxxxxxxx_dGAjC3"))
        #expect(saved?.life == TokenLife(issued: 1_000, end: 301_000))
    }

    @Test func `an OAuth token is renewed where it was issued`() async throws {
        let fresh = Secret("mat_OAuthAccessToken007xxxxxxxxxxx_nwDlO2")
        let scene = try Scene("oauth_tokens", "refresh", usesOAuth: true, takes: fresh)
        defer { scene.server.stop() }
        _ = try await scene.client.identity()
        #expect(scene.paths == ["whoami", "token", "whoami"])
        #expect(scene.server.requests[1].body == "grant_type=refresh_token&refresh_token=mcr_old&client_id=client")
        #expect(scene.store.load()?.credential.token == fresh)
    }

    @Test(arguments: [
        ("compat_login", "refresh with the used refresh token", false, "Invalid refresh token"),
        ("compat_login", "refresh after logout", false, "Invalid refresh token"),
        ("oauth_tokens", "refresh with a token never issued", true, "invalid_grant"),
        ("oauth_tokens", "refresh by another client", true, "invalid_grant"),
    ])
    func `a refused renewal is the token's end, and both reasons are told`(
        file: String,
        name: String,
        usesOAuth: Bool,
        told: String
    ) async throws {
        let scene = try Scene(file, name, usesOAuth: usesOAuth)
        defer { scene.server.stop() }
        let error = await failure { try await scene.client.identity() }
        guard case .tokenRejected(let message)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(message.hasPrefix("Token is not active; renewing it was refused: "))
        #expect(message.contains(told), "\(message)")
        #expect(!message.contains("mcr_old"))
        #expect(scene.store.load() == nil)
    }

    @Test(arguments: [
        Answer(#"{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}"#, status: 404),
        Answer(#"{"message":"no Route matched"}"#, status: 404), Answer("", status: 422),
        Answer(#"{"access_token":"a","expires_in_ms":"300000"}"#), Answer(#"{"access_token":"a","expires_in_ms":[1]}"#),
        Answer("<html>502</html>", status: 502, headers: []), Answer("", status: 503), Answer("{", status: 200),
        Answer("{}", status: 200), Answer(#"{"access_token":7}"#), Answer("<html>hello</html>"),
        Answer(#"{"errcode":"M_LIMIT_EXCEEDED","error":"Too many"}"#, status: 429),
    ])
    func `while nobody answers the question it is no logout`(_ answer: Answer) async throws {
        let scene = try Scene(refresh: answer)
        defer { scene.server.stop() }
        let error = await failure { try await scene.client.identity() }
        guard case .unreachable(let text)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(text.hasPrefix("no access token for now: "))
        #expect(scene.session.credential?.token == Secret("mct_old"))
        #expect(scene.store.load() == nil)
    }

    @Test(arguments: [
        ("features_off.json", "passwords off: password login", "Invalid login type"),
        (
            "discovery.json", "password login, straight to Synapse (a proxy that forgets the compat endpoints)",
            "has no such function"
        ),
    ])
    func `a server that takes no passwords is asked once, and ends it`(
        _ file: String,
        _ name: String,
        told: String
    )
        async throws
    {
        let refusal = Answer(try Recording.named(name, in: "mas", file))
        let server = try ScriptedServer { _, socket in
            socket.send(refusal.bytes)
            return true
        }
        defer { server.stop() }
        let issuer = HTTPTokenIssuer(
            baseURL: "http://127.0.0.1:\(server.port)",
            http: try HTTPClient(),
            version: "1"
        ) { 0 }
        do throws(TokenFailure) {
            _ = try await issuer.logIn(PasswordLogin(user: "bot", password: Secret("correct horse")))
            Issue.record("it logged in")
        } catch {
            guard case .refused(let why) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(why.contains(told), "\(why)")
        }
        #expect(server.requests.count == 1)
    }

    @Test(arguments: ["whoami with a token not introspected lately", "sync with a token not introspected lately"])
    func `a service that is down is no logout, and nothing is renewed for it`(_ name: String) async throws {
        let down = Answer(try Recording.named("MAS down: " + name, in: "mas", "outage.json"))
        let server = try ScriptedServer { _, socket in
            socket.send(down.bytes)
            return true
        }
        defer { server.stop() }
        let session = SessionKeeper.fixed(Secret("mct_old"))
        let url = "http://127.0.0.1:\(server.port)"
        let client = MatrixClient(homeserver: url, session: session, version: "1", http: try HTTPClient())
        let error = await failure { try await client.identity() }
        #expect(error == .serverTrouble(status: 503, message: "Unable to introspect the access token"))
        #expect(server.requests.count == 1)
    }

    @Test func `a new token that is refused too is not renewed again and again`() async throws {
        let scene = try Scene("compat_login", "refresh", takes: Secret("never"))
        defer { scene.server.stop() }
        let error = await failure { try await scene.client.identity() }
        #expect(error == .tokenRejected(message: "Token is not active"))
        #expect(scene.paths == ["whoami", "refresh", "whoami"])
    }
}
