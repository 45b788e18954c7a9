import Glibc
import JSON
import MatrixCore
import Testing

/// What goes wrong in setups: each ends with the exit code of its kind, and says step, cause and cure.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct SetupRefusalTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let status: Int32
        /// What the error output must say.
        let said: [String]
        /// Flags behind the usual ones; `{…}` stand for a file with that text.
        var flags: [String]

        init(_ name: String, exit status: Int32, _ flags: [String], says said: String...) {
            testDescription = name
            self.status = status
            self.flags = flags
            self.said = said
        }
    }

    @Test(arguments: [
        Mistake(
            "a wrong registration secret",
            exit: 1,
            ["--registration-shared-secret-file", "{wrong}"],
            says: "account: the homeserver refuses the registration secret",
            "→ give homeserver.yaml itself"
        ),
        Mistake(
            "a wrong password",
            exit: 1,
            ["--password-file", "{wrong}"],
            says: "account: the homeserver refuses the password",
            "→ correct --password-file"
        ),
        Mistake(
            "the placeholder of a template",
            exit: 1,
            ["--access-token-file", "{YOUR_TOKEN_HERE}"],
            says: "the access token is the placeholder of a template",
            "→ put the real token into the file"
        ),
        Mistake(
            "a short-lived token",
            exit: 3,
            ["--access-token-file", "{mat_abc}"],
            says: "which dies within minutes",
            "    mas-cli manage issue-compatibility-token",
            "    mas-cli manage provision-all-users"
        ),
        Mistake(
            "a refresh token",
            exit: 1,
            ["--access-token-file", "{mcr_abc}"],
            says: "a refresh token, which is not an access token"
        ),
        Mistake(
            "a token that nobody knows",
            exit: 1,
            ["--access-token-file", "{syt_unknown}"],
            says: "does not know the access token",
            "→ log in anew"
        ),
        Mistake("nothing to get an account with", exit: 2, [], says: "nothing is given", "--homeserver-config"),
        Mistake(
            "a name that no account can have",
            exit: 2,
            ["--localpart", "Draupnir!", "--password-file", "{x}"],
            says: "--localpart Draupnir!: it has the capital letter D"
        ),
        Mistake(
            "a secret file that is not there",
            exit: 2,
            ["--password-file", "nowhere"],
            says: "--password-file: there is no file nowhere"
        ),
        Mistake(
            "a configuration without a secret",
            exit: 1,
            ["--homeserver-config", "{server_name: x}"],
            says: "has no registration_shared_secret",
            "→ set one there"
        ),
        Mistake(
            "a file that is no registration",
            exit: 2,
            ["--appservice-registration", "{- a list}"],
            says: "expected an application service's registration"
        ),
    ])
    func `is refused`(_ mistake: Mistake) async throws {
        let synapse = try await Synapse.shared()
        let manager = try await synapse.register("manager")
        let command = try SetupCommand(synapse)
        let flags = try mistake.flags.enumerated().map { index, flag in
            guard flag.hasPrefix("{"), flag.hasSuffix("}") else { return flag }
            return try command.secretFile("file-\(index)", String(flag.dropFirst().dropLast()))
        }
        let named = mistake.flags.contains("--localpart") ? [] : ["--localpart", "wrong-" + uniqueSuffix()]
        let outcome = try await command.setUp(["--manager", manager.userID.rawValue] + named + flags)
        #expect(outcome.status == mistake.status, "\(outcome.errors)")
        for text in mistake.said { #expect(outcome.errors.contains(text), "\(outcome.errors)") }
        #expect(!command.exists(command.directory + "/secrets/access-token"))
        #expect(!command.exists(command.directory + "/secrets/account-password"))
        #expect(!command.exists(command.directory + "/production.yaml"))
    }

    @Test func `a secret that others can read is refused`() async throws {
        let synapse = try await Synapse.shared()
        let manager = try await synapse.register("manager")
        let command = try SetupCommand(synapse)
        let file = try command.secretFile("password", "correct horse")
        unsafe chmod(file, 0o644)
        let outcome = try await command.setUp(["--manager", manager.userID.rawValue, "--password-file", file])
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("    chmod 600 \(file)"))
    }

    @Test func `a name that somebody else has is refused, and its password is not kept`() async throws {
        let synapse = try await Synapse.shared()
        let manager = try await synapse.register("manager")
        let other = try await synapse.register("taken")
        let command = try SetupCommand(synapse)
        let outcome = try await command.setUp([
            "--manager", manager.userID.rawValue, "--localpart", String(other.userID.localpart),
            "--homeserver-config", command.homeserverConfig,
        ])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("there is an account \(other.userID.localpart) already"))
        #expect(outcome.errors.contains("--password-file"))
        #expect(!command.exists(command.directory + "/secrets/account-password"))
    }

    @Test func `a manager who does not exist is told before anything is made`() async throws {
        let synapse = try await Synapse.shared()
        let proxy = try FaultyProxy(to: synapse)
        defer { proxy.stop() }
        let command = try SetupCommand(synapse, through: proxy)
        let outcome = try await command.setUp([
            "--localpart", "x-" + uniqueSuffix(), "--manager", "@nobody-\(uniqueSuffix()):synapse.test",
            "--homeserver-config", command.homeserverConfig,
        ])
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("there is no account @nobody-"))
        #expect(proxy.exchanges.allSatisfy { $0.method == "GET" })
    }

    @Test(arguments: [
        ([], "--homeserver is missing"), (["--homeserver", "not a server"], "is neither a server name"),
        (["--homeserver", "http://127.0.0.1:1"], "nobody answers at that address"),
        (["--homeserver", "https://127.0.0.1:1"], "nobody answers at that address"),
        (["--homeserver", "no-such-host.invalid"], "there is no such host"),
    ])
    func `a homeserver that is not there is told`(_ flags: [String], says text: String) async throws {
        let command = try SetupCommand(await Synapse.shared())
        let outcome = try await command.run(
            ["setup", "--non-interactive", "--directory", command.directory, "--manager", "@a:b"] + flags
        )
        #expect(outcome.status == (text.contains("missing") || text.contains("neither") ? 2 : 1), "\(outcome.errors)")
        #expect(outcome.errors.contains(text), "\(outcome.errors)")
        #expect(!command.exists(command.directory))
    }

    @Test func `a port that speaks no TLS is told`() async throws {
        let synapse = try await Synapse.shared()
        let command = try SetupCommand(synapse)
        let outcome = try await command.run([
            "setup", "--non-interactive", "--directory", command.directory, "--manager", "@a:b", "--homeserver",
            "https://127.0.0.1:\(synapse.port)",
        ])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("the TLS connection cannot be trusted or made"), "\(outcome.errors)")
    }

    @Test func `a directory of another account is refused`() async throws {
        let synapse = try await Synapse.shared()
        let manager = try await synapse.register("manager")
        let (first, second) = (try await synapse.register("first"), try await synapse.register("second"))
        let command = try SetupCommand(synapse)
        let token = try command.secretFile("first", first.accessToken)
        #expect(
            try await command.setUp(["--manager", manager.userID.rawValue, "--access-token-file", token]).status == 0
        )
        try await first.call(.post, .client("logout"))
        let other = try command.secretFile("second", second.accessToken)
        let outcome = try await command.setUp(["--manager", manager.userID.rawValue, "--access-token-file", other])
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("is set up for \(first.userID), and this is \(second.userID)"))
        #expect(command.read(command.directory + "/secrets/access-token").hasPrefix(first.accessToken))
    }

    @Test func `a token that ends by itself is refused`() async throws {
        let login = #"{"user_id": "@bot:a.org", "access_token": "syt_x", "device_id": "D", "expires_in_ms": 300000}"#
        let server = try CannedServer { target in
            let path = String(target.prefix { $0 != "?" })
            let body: String? =
                switch path {
                case "/_matrix/client/versions": #"{"versions": ["v1.11"]}"#
                case "/_matrix/client/v3/login":
                    String(login.dropLast()) + #", "flows": [{"type": "m.login.password"}]}"#
                default: nil
                }
            let missing = #"{"errcode": "M_UNRECOGNIZED", "error": "no"}"#
            return CannedServer.answer(body == nil ? 404 : 200, "application/json", body ?? missing)
        }
        defer { server.stop() }
        let command = try SetupCommand(await Synapse.shared())
        let password = try command.secretFile("password", "x")
        let outcome = try await command.run([
            "setup", "--non-interactive", "--directory", command.directory, "--homeserver", server.url, "--manager",
            "@a:b", "--password-file", password,
        ])
        #expect(outcome.status == 3, "\(outcome.errors)")
        #expect(outcome.errors.contains("ends by itself in 5 min, and cannot be renewed"))
        #expect(!command.exists(command.directory + "/secrets"))
    }

    @Test func `plain HTTP to another machine is refused`() async throws {
        let command = try SetupCommand(await Synapse.shared())
        let outcome = try await command.run([
            "setup", "--non-interactive", "--directory", command.directory, "--homeserver", "http://example.org:8008",
        ])
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("plain HTTP to another machine"))
    }

    @Test(arguments: [
        (404, "text/html", "<html><body>Not here</body></html>", "a web page (status 404)"),
        (200, "text/plain", "<!doctype html><p>Welcome", "a web page (status 200)"),
        (200, "application/json", "{\"versions\": \"v1.1\"}", "the answer lacks versions"),
        (200, "application/json", "{\"versions\":", "something else than the homeserver's JSON came back"),
        (502, "text/html", "<html>", "(status 502"),
    ])
    func `a web server that is no homeserver is told`(
        _ status: Int,
        type: String,
        body: String,
        says text: String
    ) async throws {
        let web = try CannedServer { _ in CannedServer.answer(status, type, body) }
        defer { web.stop() }
        let command = try SetupCommand(await Synapse.shared())
        let outcome = try await command.run([
            "setup", "--non-interactive", "--directory", command.directory, "--homeserver", web.url, "--manager",
            "@a:b",
        ])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains(text), "\(outcome.errors)")
        #expect(outcome.errors.contains("curl -i \(web.url)/_matrix/client/versions"))
    }

    @Test func `an unknown flag and an unknown answer are named`() async throws {
        let command = try SetupCommand(await Synapse.shared())
        let flag = try await command.run(["setup", "--non-interactive", "--homserver", "x"])
        #expect(flag.status == 2)
        #expect(flag.errors.contains("--homeserver"))
        try writeFile("homserver: example.org\n", to: command.folder + "/answers.yaml")
        let answer = try await command.run(["setup", "--non-interactive", "--answers", "answers.yaml"])
        #expect(answer.status == 2)
        #expect(answer.errors.contains("homserver"))
        #expect(answer.errors.contains("--homeserver"))
    }

    @Test func `answers stand in for flags, and flags count before them`() async throws {
        let synapse = try await Synapse.shared()
        let manager = try await synapse.register("manager")
        let command = try SetupCommand(synapse)
        let localpart = "answers-" + uniqueSuffix()
        let answers = """
            homeserver: "http://127.0.0.1:1"
            manager: ["\(manager.userID)"]
            localpart: \(localpart)
            homeserver-config: "\(command.homeserverConfig)"
            server-admin: true

            """
        try writeFile(answers, to: command.folder + "/answers.yaml")
        let outcome = try await command.setUp(["--answers", "answers.yaml", "--json"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.json?["user"]?.string == "@\(localpart):synapse.test")
        #expect(outcome.json?["admin"] == true)
    }
}
