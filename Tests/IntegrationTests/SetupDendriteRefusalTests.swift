import Testing

/// What goes wrong while an account is made on Dendrite, by its recorded answers and by broken ones.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct SetupDendriteRefusalTests {
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
        let scene = try await DendriteScene(refusal.options)
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
        let scene = try await DendriteScene(.init(), password: "someone else's")
        defer { scene.server.stop() }
        let outcome = try await scene.create(["--homeserver-config", try scene.configuration()])
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("there is an account \(scene.localpart) already"), "\(outcome.errors)")
        scene.expectNothingKept()
    }

    @Test func `a wrong password is told, with the flags that make accounts there`() async throws {
        let scene = try await DendriteScene(.init(), password: "correct horse")
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
        let scene = try await DendriteScene()
        defer { scene.server.stop() }
        let outcome = try await scene.create(["--server-admin"])
        #expect(outcome.status == 2)
        let line =
            "    create-account -config dendrite.yaml -url \(scene.server.url) -username \(scene.localpart) -admin\n"
        #expect(outcome.errors.contains(line), "\(outcome.errors)")
        scene.expectNothingKept()
    }
}
