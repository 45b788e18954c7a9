import Synchronization
import JSON
import MatrixCore
import Testing

/// `draupnir doctor` on a real Synapse behind the stub of the authentication service, word for word.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct SetupServiceDoctorTests {
    @Test func `tells how accounts, rights and tokens stand there`() async throws {
        let scene = try await Scene()
        defer { scene.server.stop() }
        try await scene.setUp(try scene.clientFlags())
        let before = scene.server.requests.count
        let sound = try await scene.doctor()
        #expect(
            sound["ACC-2"]
                == "ok \(scene.issuer): accounts are with that service, with device authorization grant; Synapse's own ways to make"
                + " them are gone there"
        )
        let rights = "ok \(scene.user): is not a server admin: it cannot deactivate users"
        #expect(sound["ADM-1"]?.hasPrefix(rights) == true)
        #expect(sound["ADM-2"] == "ok \(scene.user): the token has the rights that the account has")
        #expect(sound["ADM-3"]?.hasPrefix("ok ") == true)
        #expect(sound["TOK-2"]?.contains(": a personal access token (mpt_), which lives as long") == true)
        #expect(sound["TOK-3"]?.hasSuffix(": the authentication service's token is known to the homeserver") == true)
        #expect(sound["TOK-7"]?.hasSuffix(": nothing has to be renewed") == true)
        #expect(sound["TOK-8"]?.hasPrefix("warn ") == true)
        #expect(sound["NET-5"]?.hasSuffix("admin rights by the token's scope") == true)
        #expect(sound["RL-1"]?.contains("mas-cli manage issue-compatibility-token --yes-i-want-to-grant") == true)
        let asked = scene.server.requests.dropFirst(before)
        #expect(
            asked.allSatisfy { $0.method == "GET" || $0.target == "/_matrix/client/v3/keys/query" },
            "it only reads"
        )

        scene.server.state.withLock { $0.options.routesLogin = false }
        #expect(
            try await scene.doctor()["ACC-2"]
                == "warn \(scene.issuer): accounts are with that service, and the proxy does not pass /login on to it: passwords"
                + " cannot be used\nhave the proxy send /_matrix/client/*/(login|logout|refresh) to the authentication service"
        )

        scene.server.setDown(true)
        let down = try await scene.doctor()
        #expect(down["TOK-1"]?.contains("the homeserver cannot reach its authentication service") == true)
        #expect(down["TOK-1"]?.contains("the token may be good, so keep it") == true)
        #expect(down["TOK-3"]?.hasPrefix("ok ") == true, "an outage is no logout")
        scene.server.setDown(false)

        scene.server.lock(scene.localpart)
        let locked = try await scene.doctor()
        #expect(locked["TOK-1"]?.contains("has ended, or its account is locked") == true)
        #expect(locked["TOK-3"]?.contains("mas-cli manage provision-all-users\nthen wait two minutes") == true)
    }

    @Test func `knows admin rights by the token's scope`() async throws {
        let scene = try await Scene()
        defer { scene.server.stop() }
        try await scene.setUp(try scene.clientFlags() + ["--server-admin"])
        let sound = try await scene.doctor()
        #expect(sound["ADM-1"] == "ok \(scene.user): is a server admin")
        #expect(sound["RL-1"] == "ok \(scene.user): no rate limit applies")
        #expect(scene.server.violations == [])
    }

    @Test func `knows what renews a token, and when it ends`() async throws {
        let scene = try await Scene()
        defer { scene.server.stop() }
        let process = try await scene.command.start(scene.arguments + ["--oauth"], name: "oauth")
        defer { process.send(9) }
        let code = try await polling(atMost: .seconds(180), "the code") {
            let lines = scene.command.read("oauth.err").split(whereSeparator: \.isNewline)
            return lines.first { $0.hasPrefix("    C") }.map { String($0.dropFirst(4)) }
        }
        scene.server.addToService(scene.localpart)
        scene.server.approve(code, as: scene.localpart)
        #expect(try await process.end(within: .seconds(180)) == .exited(code: 0), "\(scene.command.read("oauth.err"))")
        let sound = try await scene.doctor()
        #expect(sound["TOK-2"]?.hasSuffix(": one that ends by itself, and is renewed before") == true)
        #expect(sound["TOK-7"]?.contains("is renewed at half of its life") == true)
        #expect(sound["TOK-8"]?.contains(": ends in ") == true)
    }

    private struct Scene {
        let server: DelegatedHomeserver
        let manager: TestClient
        let command: SetupCommand
        let localpart = "doctored-" + uniqueSuffix()
        var issuer: String { server.issuer }
        var user: String { "@\(localpart):synapse.test" }

        init() async throws {
            let synapse = try await Synapse.shared()
            server = try await DelegatedHomeserver(synapse)
            manager = try await synapse.register("manager")
            var command = try SetupCommand(synapse)
            command.url = server.url
            self.command = command
            try await server.provision(localpart)
        }

        var arguments: [String] {
            command.usual + ["--localpart", localpart, "--manager", manager.userID.rawValue, "--json"]
        }

        func clientFlags() throws -> [String] {
            [
                "--mas-client-id", DelegatedHomeserver.client.id, "--mas-client-secret-file",
                try command.secretFile("client-secret", DelegatedHomeserver.client.secret),
            ]
        }

        func setUp(_ more: [String]) async throws {
            let outcome = try await command.run(arguments + more)
            #expect(outcome.status == 0, "\(outcome.errors)")
        }

        /// The first line of each code, with what cures it below.
        func doctor() async throws -> [String: String] {
            let outcome = try await command.run([
                "doctor", "--draupnir-config", command.directory + "/production.yaml", "--json",
            ])
            let token = command.read(command.directory + "/secrets/access-token").split(whereSeparator: \.isNewline)
                .first
            #expect(token.map { !outcome.output.contains($0) && !outcome.errors.contains($0) } == true)
            var lines: [String: String] = [:]
            for check in outcome.json?["checks"]?.elements ?? [] {
                func text(_ name: String) -> String { check[name]?.string ?? "" }
                let cure = text("cure").isEmpty ? "" : "\n" + text("cure")
                let code = text("code")
                if lines[code] == nil { lines[code] = "\(text("result")) \(text("object")): \(text("cause"))\(cure)" }
            }
            return lines
        }
    }
}
