import Synchronization
import Moderation
import Observability
import Setup
import TestSupport
import Testing

/// Answers that nobody should give: each ends in an error that can be read, with nothing kept and no secret told.
@Suite(.timeLimit(.minutes(3))) struct HostileAnswerTests {
    /// An endpoint, and a way to the account that asks there.
    struct Place: Sendable, CustomTestStringConvertible {
        let call: String
        let way: RecordedWay
        /// Before it an account is made, which is kept in mind.
        var isAfterMaking = false
        var testDescription: String { "\(call) by \(way.rawValue)" }
    }

    private static let places = [
        Place(call: "GET /_matrix/client/versions", way: .client),
        Place(call: "GET /_matrix/client/v1/auth_metadata", way: .client),
        Place(call: "GET /_matrix/client/v1/auth_metadata", way: .browser),
        Place(call: "POST /oauth2/token client_credentials", way: .client),
        Place(call: "GET /api/admin/v1/users/by-username", way: .client),
        Place(call: "GET /api/admin/v1/users/by-username", way: .adminToken),
        Place(call: "POST /api/admin/v1/users", way: .client),
        Place(call: "POST /api/admin/v1/personal-sessions", way: .client, isAfterMaking: true),
        Place(call: "POST /oauth2/registration", way: .browser),
        Place(call: "POST /oauth2/device", way: .browser),
        Place(call: "POST /oauth2/token device_code", way: .browser),
        Place(call: "POST /_matrix/client/v3/login", way: .password),
        Place(call: "GET /_matrix/client/v3/account/whoami", way: .token),
        // What a person has approved is kept for the next run.
        Place(call: "GET /_matrix/client/v3/account/whoami", way: .browser, isAfterMaking: true),
        Place(call: "GET /_matrix/client/v3/account/whoami", way: .client, isAfterMaking: true),
    ]

    private static let truncated =
        #"{"access_token":"mat_hunter2_leak","refresh_token":"mar_hunter2_leak","device_code":"hunt"#
    private static let wrongTypes = """
        {"issuer":5,"token_endpoint":[],"access_token":7,"refresh_token":{},"user_id":1,"client_id":[],"device_code":1,
        "user_code":2,"verification_uri":3,"expires_in":"x","data":"x","versions":1,"flows":3,"grant_types":true}
        """

    static let answers: [(String, Answer)] = {
        var binary = Answer("")
        binary.rawBody = Array(#"{"access_token":"mat_hunter2"#.utf8) + [0xC3, 0x28, 0xFF] + Array(#""}"#.utf8)
        var page = Answer("<html>\u{1B}[31mhunter2</html>")
        page.headers = ["Content-Type: text/html"]
        return [
            ("truncated", Answer(truncated)),
            ("a page", page),
            ("wrong types", Answer(wrongTypes)),
            ("no object", Answer("[]")),
            ("nothing", Answer("")),
            ("a form", Answer("access_token=mat_hunter2_leak&token_type=bearer")),
            ("no UTF-8", binary),
            ("too deep", Answer(String(repeating: "[", count: 5_000))),
            ("an endless refusal", Answer(#"{"error":"\#(String(repeating: "x", count: 1 << 18))"}"#, status: 400)),
            (
                "a redirect",
                Answer("", status: 302, headers: ["Location: http://evil.example/\u{9B}31m?code=hunter2_leak"])
            ),
            (
                "escape sequences",
                Answer(
                    #"{"errcode":"M_\u001b[2J","error":"\u001b[31m\u009b1m\u202eno\u0007","message":"x"}"#,
                    status: 403
                )
            ),
            ("an echo", Answer(RecordedWorld.echo, status: 400)),
            ("an echo of trouble", Answer(RecordedWorld.echo, status: 500)),
        ]
    }()

    @Test(arguments: places, answers)
    private func `ends in an error, and keeps nothing`(_ place: Place, _ answer: (String, Answer)) async throws {
        try await RecordedWorld.with([place.call: [answer.1]]) { world in
            var before: [String: [UInt8]] = [:]
            let outcome = await world.obtain { wishes in
                place.way.fill(&wishes, world.bench)
                before = world.bench.files.withLock { $0 }
            }
            let failure = try #require(outcome.failure)
            #expect(!failure.cure.isEmpty)
            let words = failure.text + world.bench.told.withLock { $0 }.joined(separator: "\n")
            #expect(!words.contains("hunter2"), "\(words)")
            #expect(words.utf8.count < 6_000)
            #expect(words == printableLines(words))
            let after = world.bench.files.withLock { $0 }
            #expect(after["/bot/secrets/access-token"] == nil)
            if !place.isAfterMaking { #expect(after == before) }
        }
    }

    /// Of an error with an echo, all that was sent in a form.
    @Test(arguments: [400, 500])
    func `what was sent in a form is not shown`(_ status: Int) async throws {
        let echo = Answer(RecordedWorld.echo, status: status)
        let wrong = try RecordedWorld.recorded("oauth_client_credentials", "client_credentials, wrong secret")
        let dead = try RecordedWorld.recorded("compat_login", "whoami, token of the right shape never issued")
        let answers = [
            "POST /oauth2/token client_credentials": [wrong, echo], "POST /oauth2/token device_code": [echo],
            "POST /oauth2/token refresh_token": [echo], "GET /_matrix/client/v3/account/whoami": [dead],
        ]
        try await RecordedWorld.with(answers) { world in
            let failures = [
                await world.obtain {
                    $0.serviceClientID = "C"
                    $0.typedServiceSecret = Secret("hunter2 client+/")
                }.failure, await world.obtain { $0.usesDeviceGrant = true }.failure,
                await world.obtain { _ in
                    let renewal = Credential.Renewal.oauth(
                        refreshToken: Secret("mar_hunter2"),
                        clientID: "C",
                        tokenEndpoint: world.base + "/oauth2/token"
                    )
                    let saved = Credential(token: Secret("mat_hunter2"), renewal: renewal)
                    world.bench.files.withLock { $0["/bot/secrets/access-token"] = Array(saved.fileText.utf8) }
                }.failure,
            ].compactMap { $0?.text }
            let grants = ["client_credentials", "device_code", "refresh_token"]
            #expect(grants.allSatisfy { grant in world.requests.contains { $0.body.contains(grant) } })
            #expect(failures.count == 3)
            for text in failures { #expect(!text.contains("hunter2") && !text.contains("DeviceCode02"), "\(text)") }
        }
    }

    @Test func `an answer that is too large is told, and not kept in memory`() async throws {
        let large = Answer(String(repeating: " ", count: 2 << 20))
        for (call, way) in [("POST /api/admin/v1/users", RecordedWay.client), ("POST /oauth2/device", .browser)] {
            try await RecordedWorld.with([call: [large]]) { world in
                let failure = await world.obtain { way.fill(&$0, world.bench) }.failure
                #expect(failure?.cause.contains("the answer is too large") == true, "\(failure?.text ?? "")")
            }
        }
    }

    @Test(arguments: [
        #""issuer":"javascript:alert(1)""#, #""issuer":"https://a.org/\u001b[2J""#,
        #""issuer":"https://a.org/$(reboot)""#,
        #""issuer":"https://auth.example.org@evil.example/""#, #""issuer":"https://""#, #""issuer":"auth.example.org""#,
        #""issuer":"https://auth.example.org/","token_endpoint":"file:///etc/passwd""#,
        #""issuer":"https://auth.example.org/","device_authorization_endpoint":"ftp://a.org/""#,
    ])
    func `a service at no address of the web is not asked`(_ fields: String) async throws {
        try await RecordedWorld.with(["GET /_matrix/client/v1/auth_metadata": [Answer("{\(fields)}")]]) { world in
            for way in [RecordedWay.client, .browser, .command, .password] {
                let failure = await world.obtain { way.fill(&$0, world.bench) }.failure
                #expect(
                    failure?.cause.contains("the answer lacks addresses of the web") == true,
                    "\(failure?.text ?? "")"
                )
                #expect(failure.map { printableLines($0.text) == $0.text } == true)
            }
            #expect(world.requests.allSatisfy { $0.method == "GET" })
            #expect(world.bench.commandsRun.withLock { $0.isEmpty })
        }
    }

    @Test(arguments: [
        "javascript:alert(1)", "http://auth.example.net/link", "https://a.org/\\u001b]0;x\\u0007", "https://u:p@a.org/",
        "data:text/html,x", "https://a.org/\\u202ekn",
    ])
    func `nobody is sent to a page that is none`(_ page: String) async throws {
        for field in ["verification_uri", "verification_uri_complete"] {
            let good = field == "verification_uri" ? "" : #""verification_uri":"https://auth.example.org/link","#
            let grant = #"{"device_code":"D","user_code":"C","expires_in":9,\#(good)"\#(field)":"\#(page)"}"#
            try await RecordedWorld.with(["POST /oauth2/device": [Answer(grant)]]) { world in
                let failure = await world.obtain { RecordedWay.browser.fill(&$0, world.bench) }.failure
                #expect(failure?.kind == .refused)
                #expect(failure?.cause.contains("which is no https:// address") == true, "\(failure?.text ?? "")")
                #expect(failure.map { printableLines($0.text) == $0.text } == true)
                #expect(world.bench.told.withLock { $0.isEmpty }, "it is not shown to be opened")
                #expect(world.bench.files.withLock { $0.isEmpty })
            }
        }
    }

    @Test(arguments: [#""mat_a\nmat_b""#, #""mat_\u001b[31m""#, #""""#, "null"])
    func `a token that no header and no file can hold is none`(_ token: String) async throws {
        let answer = Answer(#"{"access_token":\#(token),"refresh_token":"mar_1","expires_in":300}"#)
        try await RecordedWorld.with(["POST /oauth2/token device_code": [answer]]) { world in
            let failure = await world.obtain { RecordedWay.browser.fill(&$0, world.bench) }.failure
            #expect(failure?.cause.contains("the answer lacks access_token") == true, "\(failure?.text ?? "")")
            #expect(world.bench.files.withLock { $0.isEmpty })
        }
    }

    @Test(arguments: [
        "9223372036854775807", "-9223372036854775808", "0", "299.5", "18446744073709551616", "1e400", "-0.1",
    ])
    func `a life of any length is borne`(_ seconds: String) async throws {
        let answer = Answer(#"{"access_token":"mat_1","refresh_token":"mar_1","expires_in":\#(seconds)}"#)
        try await RecordedWorld.with(["POST /oauth2/token device_code": [answer]]) { world in
            #expect(await world.obtain { RecordedWay.browser.fill(&$0, world.bench) }.failure == nil)
        }
    }

    @Test(arguments: [
        CommandOutput(
            exitStatus: 1,
            standardOutput: "",
            standardError: "\u{1B}[31mError:\u{1B}[0m \u{9B}2J mct_hunter2"
        ),
        CommandOutput(exitStatus: 1, standardOutput: "", standardError: "issued: mct_hunter2\n\n"),
        CommandOutput(exitStatus: 1, standardOutput: "", standardError: ""),
        CommandOutput(exitStatus: 139, standardOutput: "mct_hunter2", standardError: "\u{202E}\u{7}"),
        CommandOutput(exitStatus: 1, standardOutput: "mct_hunter2, as much as is kept", standardError: ""),
    ])
    func `what mas-cli writes cannot move the cursor, nor show a token`(_ output: CommandOutput) async throws {
        var output = output
        if output.standardOutput.hasSuffix("as much as is kept") {
            output.standardError = String(repeating: "x\u{1B}", count: 1 << 18) + "mct_hunter2"
        }
        let failures: [CommandFailure?] = [nil, .timedOut(standardError: output.standardError)]
        for commandFailure in failures {
            try await RecordedWorld.with { world in
                world.bench.commands.withLock { $0 = [output] }
                world.bench.commandFailure.withLock { $0 = commandFailure }
                let failure = try #require(await world.obtain { RecordedWay.command.fill(&$0, world.bench) }.failure)
                #expect(failure.text == printableLines(failure.text))
                #expect(!failure.text.contains("hunter2"), "\(failure.text)")
                #expect(failure.text.utf8.count < 4_000)
                #expect(world.bench.files.withLock { $0.isEmpty })
            }
        }
    }

    @Test func `a token is found in as much of a log as is kept, coloured or not`() async throws {
        let noise = String(repeating: String(repeating: "x", count: 1_000) + "\n", count: 500)
        let line = "\u{1B}[32mINFO\u{1B}[0m Compatibility token issued: mct_Real_1\u{1B}[3m compat\u{1B}[0m\n"
        let made = CommandOutput(exitStatus: 0, standardOutput: "", standardError: "")
        let outputs = [
            made, CommandOutput(exitStatus: 0, standardOutput: "", standardError: noise + line + noise), made,
        ]
        try await RecordedWorld.with { world in
            world.bench.commands.withLock { $0 = outputs }
            #expect(await world.obtain { RecordedWay.command.fill(&$0, world.bench) }.failure == nil)
            #expect(world.bench.text("/bot/secrets/access-token")?.hasPrefix("mct_Real_1\n") == true)
        }
    }
}
