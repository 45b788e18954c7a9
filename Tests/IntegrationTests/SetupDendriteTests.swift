import Synchronization
import FoundationEssentials
import JSON
import MatrixCore
import Testing

/// Setup on Dendrite: its recorded answers, and rooms of a real Synapse behind them.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(3)))
struct SetupDendriteTests {
    private struct Scene {
        let server: RecordedDendrite
        let command: SetupCommand
        let manager: TestClient
        let localpart = "draupnir-" + uniqueSuffix()

        init(_ options: RecordedDendrite.Options = .init(), password: String? = nil, isAdmin: Bool = false) async throws
        {
            let synapse = try await Synapse.shared()
            server = try RecordedDendrite(synapse, options)
            manager = try await synapse.register("manager")
            var command = try SetupCommand(synapse)
            command.url = server.url
            self.command = command
            try await server.provision(localpart, password: password, isAdmin: isAdmin)
        }

        func run(_ words: [String], _ more: [String]) async throws -> SetupCommand.Outcome {
            try await command.run(
                words + [
                    "--non-interactive", "--homeserver", server.url, "--directory", command.directory, "--localpart",
                    localpart,
                ] + more
            )
        }

        func setUp(_ more: [String]) async throws -> SetupCommand.Outcome {
            try await run(["setup"], ["--manager", manager.userID.rawValue, "--json"] + more)
        }

        func create(_ more: [String]) async throws -> SetupCommand.Outcome {
            try await run(["account", "create"], more)
        }

        /// A file as Dendrite's sample.
        func configuration(_ secret: String = RecordedDendrite.secret, _ exempt: String = "") throws -> String {
            let text =
                "version: 2\nclient_api:\n  registration_shared_secret: \"\(secret)\"\n\n  rate_limiting:\n"
                + "    enabled: true\n    threshold: 20\n    cooloff_ms: 500\n    exempt_user_ids:\(exempt)\n\nsync_api:\n  x: 1"
            return try command.secretFile("dendrite.yaml", text)
        }

        var token: String { command.read(command.directory + "/secrets/access-token") }

        func expectNothingKept() {
            #expect(!command.exists(command.directory + "/secrets/access-token"))
            #expect(!command.exists(command.directory + "/secrets/account-password"))
            #expect(!command.exists(command.directory + "/production.yaml"))
        }
    }

    @Test func `the registration secret makes the account, the patch is shown, and a second run makes nothing twice`()
        async throws
    {
        let scene = try await Scene()
        defer { scene.server.stop() }
        let file = try scene.configuration()
        let before = scene.command.read(file)
        let outcome = try await scene.setUp(["--homeserver-config", file])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.json?["server"]?.string == "Dendrite")
        #expect(outcome.json?["user"]?.string == "@\(scene.localpart):synapse.test")
        #expect(outcome.json?["admin"] == false)
        #expect(outcome.errors.contains("+      - \"@\(scene.localpart):synapse.test\"\n"), "\(outcome.errors)")
        #expect(!outcome.errors.contains(RecordedDendrite.secret))
        #expect(scene.command.read(file) == before, "it is shown and never written")
        #expect(scene.server.violations == [])
        let again = try await scene.setUp(["--homeserver-config", file])
        #expect(again.status == 0, "\(again.errors)")
        #expect(scene.server.requests.count { $0 == "POST /_synapse/admin/v1/register" } == 1)
        #expect(try await scene.command.bot().joinedRooms().count == 2)
    }

    @Test func `patch makes of the file what was shown, and then the limits are off`() async throws {
        let scene = try await Scene(.init(), password: "correct horse")
        defer { scene.server.stop() }
        let file = try scene.configuration()
        let password = try scene.command.secretFile("password", "correct horse")
        #expect(try await scene.run(["login"], ["--password-file", password]).status == 0)
        let shown = try await scene.run(["ratelimit", "disable"], ["--homeserver-config", file])
        #expect(shown.status == 1)
        #expect(shown.errors.contains("Dendrite limits how fast the bot may join"))
        try Data(shown.errors.utf8).write(to: URL(filePath: scene.command.folder + "/told"))
        let script = "patch --batch '\(file)' < '\(scene.command.folder)/told'"
        let patch = try await ChildProcess("sh", ["-c", script], log: scene.command.folder + "/patch.log")
        guard case .exited(0) = try await patch.end(within: .seconds(10)) else {
            Issue.record("\(scene.command.read("patch.log"))")
            return
        }
        let done = try await scene.run(["ratelimit", "disable"], ["--homeserver-config", file])
        #expect(done.status == 0, "\(done.errors)")
        #expect(done.output.contains("exempts @\(scene.localpart):synapse.test from rate limits"))
        #expect(scene.server.violations == [])
    }

    @Test func `its limits are waited for, not met with a failure`() async throws {
        let scene = try await Scene(.init(places: 1))
        defer { scene.server.stop() }
        let rooms = try await concurrently(0..<9) { _ in try await scene.manager.createRoom() }
        let outcome = try await scene.setUp(
            ["--homeserver-config", try scene.configuration()] + rooms.flatMap { ["--protect", $0.rawValue] }
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(scene.server.state.withLock { $0.refusals } > 0)
        #expect(try await scene.command.bot().joinedRooms().count == 11)
    }

    @Test func `an admin account is made as one, and not limited`() async throws {
        let scene = try await Scene()
        defer { scene.server.stop() }
        let outcome = try await scene.create(["--homeserver-config", try scene.configuration(), "--server-admin"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("is a server admin"))
        let limits = try await scene.run(["ratelimit", "show"], [])
        #expect(limits.status == 0, "\(limits.errors)")
        #expect(limits.output.contains("no limit applies to server admins"))
    }

    @Test func `a registration token is not asked for, which is told`() async throws {
        let scene = try await Scene(.init(isOpen: true))
        defer { scene.server.stop() }
        let token = try scene.command.secretFile("token", "sesame")
        let outcome = try await scene.create(["--registration-token-file", token])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("did not ask for the registration token"), "\(outcome.output)")
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var options = RecordedDendrite.Options()
        var secret = RecordedDendrite.secret
        var password: String?
        let said: [String]
    }

    @Test(arguments: [
        Refusal(
            testDescription: "no secret in Dendrite's configuration",
            options: .init(hasSecret: false),
            said: [
                "its configuration has no client_api.registration_shared_secret",
                "    create-account -config ", "AccessToken: …",
            ]
        ),
        Refusal(testDescription: "a wrong secret", secret: "wrong", said: ["refuses the registration secret"]),
        Refusal(
            testDescription: "a nonce that it does not know",
            options: .init(forgetsNonces: true),
            said: ["incorrect or expired nonce", "→ run the same again"]
        ),
        Refusal(
            testDescription: "a short password",
            password: "short",
            said: ["password too weak: min 8 characters", "of 8 characters at least"]
        ),
        Refusal(
            testDescription: "a web page for a nonce",
            options: .init(broken: (registration, CannedServer.answer(200, "text/html", "<html>hello</html>"))),
            said: ["a web page"]
        ),
        Refusal(
            testDescription: "half a nonce",
            options: .init(broken: (registration, CannedServer.answer(200, "application/json", #"{"nonce":"Non"#))),
            said: ["JSON"]
        ),
        Refusal(
            testDescription: "a nonce that is a number",
            options: .init(broken: (registration, CannedServer.answer(200, "application/json", #"{"nonce":7}"#))),
            said: ["the answer lacks nonce"]
        ),
        Refusal(
            testDescription: "login flows that are no list",
            options: .init(
                broken: ("/_matrix/client/versions", CannedServer.answer(200, "application/json", #"{"versions":{}}"#))
            ),
            said: ["does not answer as a homeserver"]
        ),
        Refusal(
            testDescription: "a whoami of wrong types",
            options: .init(
                broken: (
                    "/_matrix/client/v3/account/whoami",
                    CannedServer.answer(200, "application/json", #"{"user_id":["@a:b"]}"#)
                )
            ),
            said: ["the answer lacks user_id"]
        ),
    ])
    func `what goes wrong is told, and no token is kept`(_ refusal: Refusal) async throws {
        let scene = try await Scene(refusal.options)
        defer { scene.server.stop() }
        var flags = ["--homeserver-config", try scene.configuration(refusal.secret)]
        if let password = refusal.password {
            flags += ["--password-file", try scene.command.secretFile("password", password)]
        }
        let outcome = try await scene.create(flags)
        #expect(outcome.status == 1, "\(outcome.output)")
        for text in refusal.said { #expect(outcome.errors.contains(text), "\(outcome.errors)") }
        #expect(!scene.command.exists(scene.command.directory + "/secrets/access-token"))
        #expect(!outcome.errors.contains(refusal.secret + "\""))
        #expect(scene.server.violations == [])
    }

    private static let registration = "/_synapse/admin/v1/register"

    @Test func `a name that is taken is told, and nothing is kept`() async throws {
        let scene = try await Scene(.init(), password: "someone else's")
        defer { scene.server.stop() }
        let outcome = try await scene.create(["--homeserver-config", try scene.configuration()])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("there is an account \(scene.localpart) already"), "\(outcome.errors)")
        scene.expectNothingKept()
    }

    @Test func `a wrong password is told, with the flags that make accounts there`() async throws {
        let scene = try await Scene(.init(), password: "correct horse")
        defer { scene.server.stop() }
        let wrong = try scene.command.secretFile("password", "wrong password")
        let outcome = try await scene.create(["--password-file", wrong])
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains("--homeserver-config or --registration-shared-secret-file"),
            "\(outcome.errors)"
        )
        scene.expectNothingKept()
    }

    @Test func `with nothing given the line that makes the account is told`() async throws {
        let scene = try await Scene()
        defer { scene.server.stop() }
        let outcome = try await scene.create(["--server-admin"])
        #expect(outcome.status == 2)
        let line =
            "    create-account -config dendrite.yaml -url \(scene.server.url) -username \(scene.localpart) -admin\n"
        #expect(outcome.errors.contains(line), "\(outcome.errors)")
        scene.expectNothingKept()
    }
}
