import HTTPClient
import JSON
import MatrixClient
import Moderation
import MatrixCore
import Observability
import Protections
import Setup
import Synchronization
import TestSupport
import Testing

/// What setup asks of homeservers, on the wire.
@Suite(.timeLimit(.minutes(1)))
struct ServerClientTests {
    private static let secret = Secret("sesame-of-the-server")
    private static let account = NewAccount(
        localpart: "bot",
        password: Secret("correct-horse-battery"),
        isAdmin: true,
        deviceName: "Draupnir"
    )

    /// A homeserver that answers everything alike, or by a script.
    private struct Scene {
        let server: ScriptedServer
        let homeserver: any SetupHomeserver

        init(
            rehearsal: Rehearsal? = nil,
            following tokens: (any TokenSuccession)? = nil,
            _ answer: @escaping @Sendable (SentRequest) -> Answer
        ) throws {
            server = try ScriptedServer { request, socket in
                socket.send(answer(request).bytes)
                return true
            }
            homeserver = HTTPHomeservers(http: try HTTPClient(), version: "1", rehearsal: rehearsal)
                .homeserver(at: "http://127.0.0.1:\(server.port)", named: nil, following: tokens)
        }
    }

    private func failure<Value>(_ ask: () async throws(ServerFailure) -> Value) async -> ServerFailure.Reason? {
        do throws(ServerFailure) {
            _ = try await ask()
            return nil
        } catch { return error.reason }
    }

    @Test func `a session of Dendrite neither ends nor is renewed, whatever was asked for`() async throws {
        let answer = Answer(try Recording.named("refresh_token: true", in: "dendrite", "login.json"))
        let scene = try Scene { _ in answer }
        defer { scene.server.stop() }
        var login = PasswordLogin(user: "bot", password: Secret("correct horse"))
        login.isRenewable = true
        let session = try await scene.homeserver.logIn(login)
        #expect(session.renewal == nil)
        #expect(session.expiresIn == nil)
    }

    @Test func `a short limit is waited for where nothing is sent into a room, a long one is told`() async throws {
        let limited = Answer(try Recording.named("whoami", in: "dendrite", "rate_limits.json"))
        let good = Answer(try Recording.named("whoami, good token", in: "dendrite", "login.json"))
        let count = Mutex(0)
        let scene = try Scene { request in
            let number = count.withLock {
                $0 += 1
                return $0
            }
            if request.path.contains("/send/") { return limited }
            if request.path.hasSuffix("/whoami") { return number < 3 ? limited : good }
            return Answer(#"{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":9000}"#, status: 429)
        }
        defer { scene.server.stop() }
        #expect(try await scene.homeserver.identity(Self.secret).user.server == "example.org")
        #expect(count.withLock { $0 } == 3)
        let message = Action.sendEvent(.message, content: [:], in: try room())
        #expect(
            await failure { () throws(ServerFailure) in
                _ = try await scene.homeserver.perform(message, as: "@bot:example.org", Self.secret, transaction: "t")
            } == .limited(retryAfter: .milliseconds(500))
        )
        #expect(
            await failure { () throws(ServerFailure) in _ = try await scene.homeserver.defaultRoomVersion(Self.secret) }
                == .limited(retryAfter: .seconds(9))
        )
    }

    @Test func `a new room of Dendrite is of version 10 where nobody asks for another`() async throws {
        let answer = Answer(try Recording.named("capabilities, with token", in: "dendrite", "discovery.json"))
        let scene = try Scene { _ in answer }
        defer { scene.server.stop() }
        #expect(try await scene.homeserver.defaultRoomVersion(Self.secret) == "10")
    }

    @Test func `admin rights on Dendrite show in who may see another's sessions`() async throws {
        for (name, isAdmin) in [("admin", true), ("plain user", false)] {
            let file = "reports_and_admin.json"
            let answer = Answer(try Recording.named("client whois of another, \(name)", in: "dendrite", file))
            let scene = try Scene { _ in answer }
            defer { scene.server.stop() }
            let bot: UserID = "@bot:example.org"
            #expect(try await scene.homeserver.hasAdminRights(bot, on: .dendrite, Self.secret) == isAdmin)
            let path = "/_matrix/client/v3/admin/whois/%40draupnir-asks%3Aexample.org"
            #expect(scene.server.requests.map(\.path) == [path])
        }
    }

    @Test(arguments: [
        "Sun, 06 Nov -2147483648 08:49:37 GMT", "Sun, 06 Nov 99999 08:49:37 GMT", "Sun, 99 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 2147483647:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "yesterday", "",
    ])
    func `a server's clock that cannot be is none`(_ date: String) async throws {
        let scene = try Scene { _ in Answer(#"{"versions": ["v1.11"]}"#, headers: ["Date: \(date)"]) }
        defer { scene.server.stop() }
        #expect(try await scene.homeserver.versions().clockSkew == nil)
    }

    @Test(arguments: ["[]", "{}", #"{"ok": true}"#, "null"])
    func `what says nothing of admin rights, rooms or sessions grants none`(_ body: String) async throws {
        let scene = try Scene { _ in Answer(body) }
        defer { scene.server.stop() }
        let (server, bot): (_, UserID) = (scene.homeserver, "@bot:example.org")
        #expect(
            await failure { () async throws(ServerFailure) in try await server.canAdminister(Self.secret) }
                == .incomplete("users")
        )
        #expect(
            await failure { () async throws(ServerFailure) in try await server.maySeeSessions(of: bot, Self.secret) }
                == .incomplete("devices")
        )
        #expect(
            await failure { () async throws(ServerFailure) in try await server.joinedRooms(Self.secret) }
                == .incomplete("joined_rooms")
        )
    }

    /// The bot's first token has become its second.
    private struct Successor: TokenSuccession {
        func current(for token: Secret) async -> Secret { token }
        func replacement(of rejected: Secret) async -> Secret? { rejected == secret ? Secret("second") : nil }
    }

    @Test func `a call whose token ends is repeated with the next, and a logout means the token that it names`()
        async throws
    {
        let scene = try Scene(following: Successor()) { request in
            request.headers.contains("Authorization: Bearer second")
                ? Answer(#"{"user_id": "@bot:a.org"}"#)
                : Answer(#"{"errcode": "M_UNKNOWN_TOKEN", "error": "ended"}"#, status: 401)
        }
        defer { scene.server.stop() }
        let homeserver = scene.homeserver
        #expect(try await homeserver.identity(Self.secret).user == "@bot:a.org")
        #expect(scene.server.requests.count == 2)
        let ended = ServerFailure.Reason.refused(status: 401, code: "M_UNKNOWN_TOKEN", message: "ended")
        #expect(await failure { () async throws(ServerFailure) in try await homeserver.identity(Secret("x")) } == ended)
        #expect(await failure { () async throws(ServerFailure) in try await homeserver.logOut(Self.secret) } == ended)
        #expect(scene.server.requests.count == 4)
    }

    @Test func `registration is signed as Synapse computes it`() async throws {
        let scene = try Scene { request in
            if request.method == "GET" { return Answer(#"{"nonce": "abcd"}"#) }
            return Answer(#"{"user_id": "@bot:a.org", "access_token": "syt_x", "device_id": "D"}"#)
        }
        defer { scene.server.stop() }
        let account = NewAccount(
            localpart: "bot",
            password: Secret("wonderland"),
            isAdmin: true,
            deviceName: "Draupnir"
        )
        let session = try await scene.homeserver.register(account, signedWith: Secret("secret"))
        #expect(session.user.rawValue == "@bot:a.org")
        let sent = try #require(scene.server.requests.first { $0.method == "POST" }?.json)
        // By Python: hmac.new(b"secret", b"abcd\0bot\0wonderland\0admin", "sha1").hexdigest()
        #expect(sent["mac"] == "5cbd9707e8ec16898b8c7f24cc3fe015a155b930")
        #expect(sent["admin"] == true)
        let naming = scene.server.requests.last
        #expect(naming?.path == "/_matrix/client/v3/devices/D")
        #expect(naming?.json?["display_name"] == "Draupnir")
    }

    @Test func `registration by token goes through the stages that the server asks for`() async throws {
        let scene = try Scene { request in
            let stages =
                #""flows": [{"stages": ["m.login.recaptcha"]}, {"stages": ["m.login.registration_token", "m.login.dummy"]}]"#
            switch request.json?["auth"]?["type"] {
            case "m.login.registration_token":
                return Answer(
                    #"{"session": "S", "completed": ["m.login.registration_token"], \#(stages)}"#,
                    status: 401
                )
            case "m.login.dummy": return Answer(#"{"user_id": "@bot:a.org", "access_token": "syt_x"}"#)
            default: return Answer(#"{"session": "S", \#(stages)}"#, status: 401)
            }
        }
        defer { scene.server.stop() }
        _ = try await scene.homeserver.register(Self.account, registrationToken: Secret("ticket"))
        let proofs = scene.server.requests.map { $0.json?["auth"] }
        #expect(
            proofs == [
                nil, ["type": "m.login.registration_token", "session": "S", "token": "ticket"],
                ["type": "m.login.dummy", "session": "S"],
            ]
        )
        let captcha = await failure { () throws(ServerFailure) in
            try await scene.homeserver.register(Self.account, registrationToken: nil)
        }
        let asked = "registration asks for m.login.dummy, m.login.recaptcha, m.login.registration_token"
        #expect(captcha == .refused(status: 403, code: "M_FORBIDDEN", message: asked))
    }

    @Test(
        arguments: [
            (Answer("<html>", status: 404), .webPage(status: 404)),
            (Answer(" \n<!doctype html>"), .webPage(status: 200)),
            (Answer("ok", status: 404), .notMatrix(status: 404, "ok")),
            (Answer("{\"a\":"), .notMatrix(status: 200, "not shown, for a secret may be in it")),
            (Answer("{}"), .incomplete("versions")), (Answer("[]"), .incomplete("versions")),
            (Answer(#"{"versions": {"a": 1}}"#), .incomplete("versions")),
            (
                Answer(#"{"errcode": "M_X", "error": "no"}"#, status: 403),
                .refused(status: 403, code: "M_X", message: "no")
            ),
            (Answer(#"{"error": "no"}"#, status: 400), .refused(status: 400, code: "", message: "no")),
            (Answer("{}", status: 400), .notMatrix(status: 400, "{}")), (Answer(""), .incomplete("versions")),
            (
                Answer(#"{"error": "invalid_grant"}"#, status: 400),
                .refused(status: 400, code: "invalid_grant", message: "")
            ),
            (
                Answer("<html>", status: 302, headers: ["Location: https://b.org/login?code=secret"]),
                .notMatrix(status: 302, "https://b.org/login")
            ),
            (Answer("<html>", status: 502), .trouble(status: 502, "")),
            (
                Answer(#"{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1500}"#, status: 429),
                .limited(retryAfter: .milliseconds(1_500))
            ),
            (Answer(#"{"errcode": "M_LIMIT_EXCEEDED"}"#, status: 429), .limited(retryAfter: .seconds(5))),
            (Answer(#"{"errors": [{"title": "Slow"}]}"#, status: 429), .limited(retryAfter: .seconds(5))),
            (Answer("slow down", status: 429), .notMatrix(status: 429, "slow down")),
        ] as [(Answer, ServerFailure.Reason)]
    )
    func `an answer that is no use is told apart`(_ answer: Answer, reason: ServerFailure.Reason) async throws {
        let scene = try Scene { _ in answer }
        defer { scene.server.stop() }
        #expect(await failure { () throws(ServerFailure) in try await scene.homeserver.versions() } == reason)
    }

    @Test(arguments: [
        "{}", "[]", "null", #"{"user_id": 5, "access_token": "x"}"#, #"{"user_id": "bot", "access_token": "x"}"#,
        #"{"user_id": "@bot:a.org"}"#, #"{"user_id": "@bot:a.org", "access_token": ""}"#,
        #"{"user_id": "@bot:a.org", "access_token": ["x"]}"#,
    ])
    func `a login without a token is no login`(_ body: String) async throws {
        let scene = try Scene { _ in Answer(body) }
        defer { scene.server.stop() }
        let reason = await failure { () throws(ServerFailure) in
            try await scene.homeserver.logIn(PasswordLogin(user: "bot", password: Secret("x")))
        }
        #expect(reason == .incomplete("user_id and access_token"))
    }

    @Test(
        arguments: [
            (#"{}"#, .usual), (#"{"messages_per_second": 0, "burst_count": 0}"#, .lifted),
            (#"{"messages_per_second": 5, "burst_count": 10}"#, .changed(perSecond: 5, burst: 10)),
            (#"{"messages_per_second": "0", "burst_count": 0}"#, .usual), ("[]", .usual),
        ] as [(String, RateLimit)]
    )
    func `an override of limits is read`(_ body: String, limit: RateLimit) async throws {
        let scene = try Scene { _ in Answer(body) }
        defer { scene.server.stop() }
        #expect(try await scene.homeserver.rateLimit(of: try user(bot), Secret(token)) == limit)
        #expect(scene.server.requests.last?.path == "/_synapse/admin/v1/users/%40draupnir%3Aa.org/override_ratelimit")
    }

    @Test func `a rehearsal reads, tells every change without its secrets, and sends none`() async throws {
        let rehearsal = Rehearsal { _ in }
        let scene = try Scene(rehearsal: rehearsal) { _ in Answer(#"{"nonce": "n"}"#) }
        defer { scene.server.stop() }
        let homeserver = scene.homeserver
        let session = try await homeserver.register(Self.account, signedWith: Self.secret)
        #expect(try await homeserver.identity(session.token).user == session.user)
        #expect(try await homeserver.canAdminister(session.token))
        #expect(try await homeserver.rateLimit(of: session.user, session.token) == .usual)
        try await homeserver.liftRateLimit(of: session.user, session.token)
        _ = try await homeserver.logIn(PasswordLogin(user: "bot", password: Self.account.password))
        let template = RoomTemplate(name: "room", preset: .privateChat)
        _ = try await homeserver.perform(.createRoom(template), as: session.user, session.token, transaction: "")
        #expect(try await homeserver.joinedRooms(session.token).isEmpty)
        #expect(scene.server.requests.allSatisfy { $0.method == "GET" })
        #expect(rehearsal.requests.count == 4)
        for request in rehearsal.requests {
            #expect(!request.contains("correct-horse-battery") && !request.contains("sesame"), "\(request)")
        }
    }

    @Test func `a failure holds no token`() async throws {
        let scene = try Scene { _ in Answer(#"{"errcode": "M_X", "error": "bad token \#(token)"}"#, status: 400) }
        defer { scene.server.stop() }
        let reason = await failure { () throws(ServerFailure) in try await scene.homeserver.identity(Secret(token)) }
        #expect(reason == .refused(status: 400, code: "M_X", message: "bad token <redacted>"))
    }
}
