import FoundationEssentials
import JSON
import Synchronization
import Testing

/// The whole program against a service, and a command, that mean harm: nothing is kept, and nothing reaches the terminal raw.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct SetupServiceHostileTests {
    @Test(arguments: [
        ("/_matrix/client/v1/auth_metadata", #"{"issuer":"javascript:alert(1)//hunter2"}"#),
        ("/_matrix/client/v1/auth_metadata", #"{"issuer":"https://a.org/\u001b[2J"}"#),
        ("/_matrix/client/v1/auth_metadata", "<html>\u{1B}[31mhunter2</html>"),
        ("/oauth2/registration", #"{"client_id":"#),
        (
            "/oauth2/device",
            #"{"device_code":"hunter2","user_code":"\u001b[31mX","verification_uri":"javascript:x","expires_in":9}"#
        ),
        ("/oauth2/device", #"{"error":"no_way","error_description":"\u001b]0;x\u0007\u009b31m"}"#),
        ("/oauth2/token", #"{"access_token":"mat_hunter2"#),
    ])
    func `an evil service gets no further`(_ path: String, _ body: String) async throws {
        let scene = try await Scene([path: CannedServer.answer(200, "application/json", body)])
        defer { scene.server.stop() }
        try await scene.fail(["--oauth"])
    }

    @Test(arguments: ["register-user", "issue-compatibility-token"])
    func `ten megabytes of an evil command are borne`(_ failing: String) async throws {
        let scene = try await Scene([:])
        defer { scene.server.stop() }
        let python = try Installation.synapsePython()
        let script = """
            import sys
            if "\(failing)" in sys.argv:
                sys.stderr.write("\\x1b[2J\\x9b31m\\u202e mct_hunter2\\n" * 400000)
                sys.stderr.write("Error: \\x1b]0;x\\x07 mct_hunter2")
                sys.exit(1)
            """
        try writeFile(script + "\n", to: scene.command.folder + "/evil.py")
        try await scene.fail(["--mas-cli", "\(python) \(scene.command.folder)/evil.py"])
    }

    private struct Scene {
        let server: CannedServer
        let command: SetupCommand

        init(_ evil: [String: [UInt8]]) async throws {
            let place = Place()
            server = try CannedServer { target in
                let path = String(target.prefix { $0 != "?" })
                return evil[path] ?? Self.answer(path, place.address.withLock { $0 })
            }
            let url = server.url
            place.address.withLock { $0 = url }
            command = try SetupCommand(await Synapse.shared())
        }

        func fail(_ flags: [String]) async throws {
            let before = files
            let outcome = try await command.run(
                [
                    "setup", "--non-interactive", "--directory", command.directory, "--homeserver", server.url,
                    "--manager", "@a:b", "--localpart", "bot",
                ] + flags
            )
            #expect([1, 3].contains(outcome.status), "\(outcome.errors)")
            let shown = outcome.output + outcome.errors
            #expect(outcome.errors.contains("account: ") && outcome.errors.utf8.count < 5_000, "\(outcome.errors)")
            #expect(!shown.contains("hunter2"), "\(shown)")
            #expect(
                shown.unicodeScalars.allSatisfy {
                    $0 == "\n" || ![.control, .format].contains($0.properties.generalCategory)
                },
                "\(shown)"
            )
            #expect(files == before)
        }

        /// All files but those that a run's output and the progress of earlier steps go to.
        private var files: [String] {
            let all = (try? FileManager.default.subpathsOfDirectory(atPath: command.folder)) ?? []
            return all.filter { path in
                !path.hasPrefix("run-") && !["shell.log", "draupnir", "draupnir/setup-progress.json"].contains(path)
            }.sorted()
        }

        private static func answer(_ path: String, _ base: String) -> [UInt8] {
            switch path {
            case "/_matrix/client/versions": json(["versions": ["v1.15"], "unstable_features": [:]])
            case "/_synapse/admin/v1/server_version": json(["server_version": "1.163.2\u{1B}[31m"])
            case "/_matrix/client/v1/auth_metadata":
                json([
                    "issuer": .string("\(base)/"), "token_endpoint": .string("\(base)/oauth2/token"),
                    "registration_endpoint": .string("\(base)/oauth2/registration"),
                    "device_authorization_endpoint": .string("\(base)/oauth2/device"),
                ])
            case "/_matrix/client/v3/login": json(["flows": [["type": "m.login.password"]]])
            case "/oauth2/registration": json(["client_id": "C"], 201)
            case "/oauth2/device":
                json([
                    "device_code": "hunter2", "user_code": "CODE", "verification_uri": .string("\(base)/link"),
                    "expires_in": 9, "interval": 1,
                ])
            default: json(["errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"], 404)
            }
        }

        private static func json(_ value: JSONValue, _ status: Int = 200) -> [UInt8] {
            CannedServer.answer(status, "application/json", String(decoding: value.encoded(), as: UTF8.self))
        }
    }

    private final class Place: Sendable {
        let address = Mutex("")
    }
}
