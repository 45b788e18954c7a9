import Moderation
import HTTPClient
import JSON
import MatrixClient
import Observability
import Setup
import Synchronization
import TestSupport
import Testing

/// What the authentication service is asked on the wire, and what its recorded answers are taken for.
@Suite(.timeLimit(.minutes(1)))
struct ServiceClientTests {
    /// A service that gives recorded answers, one after the other; the last stays.
    private struct Scene {
        let server: ScriptedServer
        let service: any AuthenticationService

        init(_ names: [(file: String, name: String)], rehearsal: Rehearsal? = nil) throws {
            let answers = try names.map { Answer(try Recording.named($0.name, in: "mas", $0.file + ".json")) }
            let count = Counter()
            server = try ScriptedServer { _, socket in
                socket.send(answers[min(count.next(), answers.count - 1)].bytes)
                return true
            }
            let base = "http://127.0.0.1:\(server.port)/"
            service = HTTPHomeservers(http: try HTTPClient(), version: "1", rehearsal: rehearsal).authenticationService(
                AuthenticationMetadata(
                    issuer: base,
                    tokenEndpoint: base + "oauth2/token",
                    registrationEndpoint: base + "oauth2/registration",
                    revocationEndpoint: base + "oauth2/revoke",
                    deviceEndpoint: base + "oauth2/device"
                )
            )
        }

        init(_ file: String, _ name: String) throws { try self.init([(file, name)]) }
    }

    private static let scope = TokenScope(device: "DEVICE", isServerAdmin: true, usesStableNames: false)
    private static let grant = DeviceGrant(
        deviceCode: Secret("code"),
        userCode: "ABC",
        verificationURL: "https://a.org",
        expiresIn: .seconds(9)
    )

    private func failure<Value>(_ ask: () async throws(ServerFailure) -> Value) async -> ServerFailure? {
        do throws(ServerFailure) {
            _ = try await ask()
            return nil
        } catch { return error }
    }

    @Test func `a web page is no answer, whatever its status`() async throws {
        let server = try ScriptedServer { _, socket in
            socket.send(Answer("<html>Welcome", headers: []).bytes)
            return true
        }
        defer { server.stop() }
        let base = "http://127.0.0.1:\(server.port)/"
        let service = HTTPHomeservers(http: try HTTPClient(), version: "1").authenticationService(
            AuthenticationMetadata(issuer: base, revocationEndpoint: base + "oauth2/revoke")
        )
        let user = ServiceUser(id: "01ARZ3NDEKTSV4RRFFQ69G0031", localpart: "bot")
        let secret = Secret("sesame of the service")
        let refusals = [
            await failure { () async throws(ServerFailure) in try await service.setPassword(secret, of: user, secret) },
            await failure { () async throws(ServerFailure) in try await service.revoke(secret, client: "c") },
        ]
        #expect(refusals.map { $0?.reason } == [.webPage(status: 200), .webPage(status: 200)])
    }

    @Test func `a client is registered as a real one was`() async throws {
        let scene = try Scene("oauth_client_registration", "public native client for the device grant")
        defer { scene.server.stop() }
        #expect(try await scene.service.registerClient() == "01ARZ3NDEKTSV4RRFFQ69G0031")
        let sent = try #require(scene.server.requests.first?.json)
        #expect(sent["application_type"] == "native")
        #expect(sent["token_endpoint_auth_method"] == "none")
        #expect(sent["grant_types"] == ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"])
    }

    @Test(arguments: [
        ("features_off", "device grant off: client registration asking for it"),
        ("oauth_client_registration", "refused: client_uri not https"),
    ])
    func `a grant that is left out in silence is noticed`(_ file: String, _ name: String) async throws {
        let scene = try Scene(file, name)
        defer { scene.server.stop() }
        let failure = await failure { () async throws(ServerFailure) in try await scene.service.registerClient() }
        #expect(["unauthorized_client", "invalid_client_metadata"].contains(failure?.code ?? ""))
    }

    @Test func `a grant is started with its scope`() async throws {
        let scene = try Scene([
            ("oauth_device_grant", "start"),
            ("oauth_device_grant_autofill", "start, with device_code_user_code_auto_fill_enabled"),
        ])
        defer { scene.server.stop() }
        let plain = try await scene.service.startDeviceGrant(Self.scope, client: "C")
        #expect(plain.userCode == "CODE02")
        #expect(plain.completeURL == nil)
        #expect(plain.expiresIn == .seconds(1200))
        #expect(plain.interval == .seconds(5))
        #expect(try await scene.service.startDeviceGrant(Self.scope, client: "C").completeURL != nil)
        let body = scene.server.requests.first?.body ?? ""
        let scope = "urn%3Amatrix%3Aorg.matrix.msc2967.client%3Aapi%3A%2A"
        #expect(body.hasPrefix("client_id=C&scope=\(scope)%20"), "\(body)")
        #expect(body.hasSuffix("device%3ADEVICE%20urn%3Asynapse%3Aadmin%3A%2A"), "\(body)")
    }

    @Test(
        arguments: [
            ("oauth_device_grant", "poll: pending", .pending), ("oauth_device_grant", "poll: denied", .denied),
            ("expiry_device_code", "device code past its 1200 s: poll", .expired),
        ] as [(String, String, DeviceGrantAnswer)]
    )
    func `the code of a poll's answer counts, and not its status`(
        _ file: String,
        _ name: String,
        is answer: DeviceGrantAnswer
    ) async throws {
        let scene = try Scene(file, name)
        defer { scene.server.stop() }
        #expect(try await scene.service.poll(Self.grant, client: "C") == answer)
    }

    @Test func `RFC 8628's own answers are understood too`() async throws {
        let server = try ScriptedServer { _, socket in
            socket.send(Answer(#"{"error": "slow_down"}"#, status: 400).bytes)
            return true
        }
        defer { server.stop() }
        let place = AuthenticationMetadata(issuer: "", tokenEndpoint: "http://127.0.0.1:\(server.port)/token")
        let service = HTTPHomeservers(http: try HTTPClient(), version: "1").authenticationService(place)
        #expect(try await service.poll(Self.grant, client: "C") == .slowDown)
    }

    @Test func `approval brings both tokens`() async throws {
        let scene = try Scene("oauth_device_grant", "poll: granted")
        defer { scene.server.stop() }
        guard case .granted(let tokens) = try await scene.service.poll(Self.grant, client: "C") else {
            Issue.record("not granted")
            return
        }
        #expect(tokens.accessToken.reveal().hasPrefix("mat_"))
        #expect(tokens.refreshToken?.reveal().hasPrefix("mar_") == true)
        #expect(tokens.expiresIn == .seconds(300))
    }

    @Test(arguments: [
        ("oauth_device_grant", "poll: the code used twice", "invalid_grant"),
        ("oauth_device_grant", "poll: client_id left out", "invalid_request"),
        ("features_off", "device grant off: poll", "unsupported_grant_type"),
    ])
    func `a poll that cannot succeed is a failure`(_ file: String, _ name: String, _ code: String) async throws {
        let scene = try Scene(file, name)
        defer { scene.server.stop() }
        let failure = await failure { () async throws(ServerFailure) in
            try await scene.service.poll(Self.grant, client: "C")
        }
        #expect(failure?.code == code)
    }

    @Test func `a client's secret goes into the header, and into the body where that is refused`() async throws {
        let scene = try Scene([
            ("oauth_client_credentials", "client_credentials, wrong secret"),
            ("oauth_client_credentials", "client_credentials with urn:mas:admin, listed client"),
        ])
        defer { scene.server.stop() }
        _ = try await scene.service.adminToken(client: "id", secret: Secret("p:w"))
        let requests = scene.server.requests
        // By Python: base64.b64encode(b"id:p%3Aw")
        #expect(requests.first?.headers.contains("Authorization: Basic aWQ6cCUzQXc=") == true)
        let body = requests.last?.body
        #expect(
            body == "grant_type=client_credentials&scope=urn%3Amas%3Aadmin&client_id=id&client_secret=p%3Aw"
        )
    }

    @Test func `a user who is not there is told from an admin API that is not there`() async throws {
        let scene = try Scene([
            ("admin_api", "get by username: unknown"), ("admin_api", "get by username"),
            ("admin_api", "get a locked user"), ("admin_api_sessions", "unknown resource"),
        ])
        defer { scene.server.stop() }
        #expect(try await scene.service.user("a", Secret("t")) == nil)
        #expect(try await scene.service.user("a", Secret("t"))?.localpart == "newbot")
        #expect(try await scene.service.user("a", Secret("t"))?.isLocked == true)
        let failure = await failure { () async throws(ServerFailure) in
            try await scene.service.user("a", Secret("t"))
        }
        #expect(failure?.reason == .webPage(status: 404))
    }

    @Test func `a personal token is asked for without an end`() async throws {
        let scene = try Scene("personal_sessions", "create, without expiry")
        defer { scene.server.stop() }
        let user = ServiceUser(id: "01ARZ", localpart: "bot")
        let issued = try await scene.service.issuePersonalToken(Self.scope, for: user, named: "Draupnir", Secret("t"))
        #expect(issued.token.reveal() == "mpt_PersonalAccessToken002xxxxxxxx_3na0p0")
        #expect(issued.session == "01ARZ3NDEKTSV4RRFFQ69G0059")
        let sent = try #require(scene.server.requests.first?.json)
        #expect(sent["actor_user_id"] == "01ARZ")
        #expect(sent["expires_in"] == nil)
    }

    @Test func `a personal token is ended by the name of its session`() async throws {
        let scene = try Scene("personal_sessions", "revoke")
        defer { scene.server.stop() }
        try await scene.service.endPersonalSession("01ARZ3NDEKTSV4RRFFQ69G0057", Secret("t"))
        let sent = try #require(scene.server.requests.first)
        #expect(sent.path == "/api/admin/v1/personal-sessions/01ARZ3NDEKTSV4RRFFQ69G0057/revoke")
        #expect(sent.method == "POST")
    }

    @Test func `a rehearsal makes nothing, and shows no secret`() async throws {
        let rehearsal = Rehearsal { _ in }
        let scene = try Scene([("admin_api", "create user")], rehearsal: rehearsal)
        defer { scene.server.stop() }
        let user = try await scene.service.makeUser("bot", Secret("t"))
        try await scene.service.setPassword(Secret("hunter2"), of: user, Secret("t"))
        _ = try await scene.service.issuePersonalToken(Self.scope, for: user, named: "D", Secret("t"))
        #expect(scene.server.requests.isEmpty)
        #expect(rehearsal.requests.count == 3)
        #expect(rehearsal.requests.allSatisfy { !$0.contains("hunter2") })
    }
}

/// Counts from zero.
private final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            defer { count += 1 }
            return count
        }
    }
}
