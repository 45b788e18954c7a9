import JSON
import MatrixCore
import Testing

/// Accounts and tokens where the homeserver leaves them to the Matrix Authentication Service: its recorded answers, and a
/// real Synapse behind them.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct SetupServiceTests {
    private struct Scene {
        let server: DelegatedHomeserver
        let manager: TestClient
        let command: SetupCommand
        let localpart = "draupnir-" + uniqueSuffix()

        init(_ options: DelegatedHomeserver.Options = .init(), account: Account = .none) async throws {
            let synapse = try await Synapse.shared()
            server = try await DelegatedHomeserver(synapse, options)
            manager = try await synapse.register("manager")
            var command = try SetupCommand(synapse)
            command.url = server.url
            self.command = command
            try await server.provision(
                localpart,
                password: account == .withPassword ? "correct horse" : nil,
                isKnownToService: account != .none
            )
        }

        enum Account { case none, withPassword, without }

        var arguments: [String] {
            command.usual + ["--localpart", localpart, "--manager", manager.userID.rawValue, "--json"]
        }

        func setUp(_ more: [String]) async throws -> SetupCommand.Outcome { try await command.run(arguments + more) }

        func tokenFile() -> [Substring] {
            command.read(command.directory + "/secrets/access-token").split(whereSeparator: \.isNewline)
        }

        func clientFlags() throws -> [String] {
            [
                "--mas-client-id", DelegatedHomeserver.client.id, "--mas-client-secret-file",
                try command.secretFile("client-secret", DelegatedHomeserver.client.secret),
            ]
        }
    }

    @Test func `the admin API makes the account, and a personal token that lasts`() async throws {
        let scene = try await Scene()
        defer { scene.server.stop() }
        let outcome = try await scene.setUp(try scene.clientFlags() + ["--server-admin"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.json?["user"]?.string == "@\(scene.localpart):synapse.test")
        #expect(outcome.json?["admin"] == true)
        #expect(outcome.json?["rate_limits"] == "off")
        #expect(scene.tokenFile().first?.hasPrefix("mpt_") == true)
        #expect(scene.server.violations == [])
        let password = scene.command.read(scene.command.directory + "/secrets/account-password")
        #expect(password.utf8.count == 33, "kept, for the day when the token is lost")
        let again = try await scene.setUp(try scene.clientFlags() + ["--server-admin"])
        #expect(again.status == 0, "\(again.errors)")
        #expect(scene.server.requests.count { $0.target == "/api/admin/v1/personal-sessions" } == 1)
    }

    @Test func `mas-cli makes them, with the device that was chosen`() async throws {
        let scene = try await Scene()
        defer { scene.server.stop() }
        let line = try scene.server.installCommand(in: scene.command.folder)
        let outcome = try await scene.setUp(["--mas-cli", line, "--server-admin"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.json?["admin"] == true)
        #expect(scene.tokenFile().first?.hasPrefix("mct_") == true)
        #expect(scene.tokenFile().dropFirst().first?.contains("DRAUPNIR") == true, "\(scene.tokenFile().dropFirst())")
        #expect(scene.server.violations == [])
        let commands = scene.server.requests.filter { $0.target == "/test/mas-cli" }.map(\.body)
        #expect(commands.count == 3)
        #expect(commands.last?.contains("provision-all-users") == true)
    }

    @Test func `a token without admin rights is replaced by one that has them`() async throws {
        let scene = try await Scene()
        defer { scene.server.stop() }
        let line = try scene.server.installCommand(in: scene.command.folder)
        let first = try await scene.setUp(["--mas-cli", line])
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.json?["admin"] == false)
        let token = scene.tokenFile().first
        let refused = try await scene.setUp(["--server-admin"])
        #expect(refused.status == 1)
        #expect(refused.errors.contains("admin rights come with the token alone"))
        let second = try await scene.setUp(["--server-admin", "--mas-cli", line])
        #expect(second.status == 0, "\(second.errors)")
        #expect(second.json?["admin"] == true)
        #expect(scene.tokenFile().first != token)
    }

    @Test func `a person approves the bot in a browser`() async throws {
        let scene = try await Scene(account: .without)
        defer { scene.server.stop() }
        let process = try await scene.command.start(scene.arguments + ["--oauth"], name: "oauth")
        defer { process.send(9) }
        let code = try await shownCode(scene, "oauth")
        scene.server.approve(code, as: scene.localpart)
        #expect(try await process.end(within: .seconds(180)) == .exited(code: 0), "\(scene.command.read("oauth.err"))")
        let file = scene.tokenFile()
        #expect(file.first?.hasPrefix("mat_") == true)
        #expect(file.dropFirst().first?.contains(#""refresh_token":"mar_"#) == true)
        #expect(file.dropFirst().first?.contains(scene.server.issuer + "oauth2/token") == true)
        #expect(scene.server.violations == [])
        #expect(scene.command.read("oauth.err").contains(scene.server.issuer + "link"))
    }

    @Test func `a denied request and another account end it, and nothing stays`() async throws {
        let scene = try await Scene(account: .without)
        defer { scene.server.stop() }
        let denied = try await scene.command.start(scene.arguments + ["--oauth"], name: "denied")
        scene.server.deny(try await shownCode(scene, "denied"))
        #expect(try await denied.end(within: .seconds(180)) == .exited(code: 1))
        #expect(scene.command.read("denied.err").contains("the request was denied on the page"))

        try await scene.server.provision("other-" + scene.localpart, isKnownToService: true)
        let other = try await scene.command.start(scene.arguments + ["--oauth"], name: "other")
        scene.server.approve(try await shownCode(scene, "other"), as: "other-" + scene.localpart)
        #expect(try await other.end(within: .seconds(180)) == .exited(code: 1))
        #expect(scene.command.read("other.err").contains("the browser was logged in to another account"))
        #expect(scene.server.requests.contains { $0.target == "/oauth2/revoke" })
        #expect(scene.tokenFile().isEmpty)
    }

    @Test func `a password is enough where the proxy routes it, but never for admin rights`() async throws {
        let scene = try await Scene(account: .withPassword)
        defer { scene.server.stop() }
        let password = ["--password-file", try scene.command.secretFile("password", "correct horse")]
        let outcome = try await scene.setUp(password)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(scene.tokenFile().first?.hasPrefix("mct_") == true)
        let admin = try await scene.setUp(password + ["--server-admin"])
        #expect(admin.status == 1)
        #expect(
            admin.errors.contains(
                "mas-cli manage issue-compatibility-token --yes-i-want-to-grant-synapse-admin-privileges \(scene.localpart)"
            )
        )
        #expect(!admin.errors.contains("register_new_matrix_user") && !admin.errors.contains("/admin'"))
    }

    @Test func `without personal tokens the password that was set gives the token`() async throws {
        var options = DelegatedHomeserver.Options()
        options.hasPersonalTokens = false
        let scene = try await Scene(options)
        defer { scene.server.stop() }
        let outcome = try await scene.setUp(try scene.clientFlags())
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(scene.tokenFile().first?.hasPrefix("mct_") == true)
        #expect(scene.server.violations == [])
    }

    @Test func `what goes wrong is told with its cure`() async throws {
        var closed = DelegatedHomeserver.Options()
        closed.servesAdminAPI = false
        closed.hasDeviceGrant = false
        let scene = try await Scene(closed, account: .without)
        defer { scene.server.stop() }
        let noAPI = try await scene.setUp(try scene.clientFlags())
        #expect(noAPI.status == 1)
        #expect(noAPI.errors.contains("serves no admin API at \(scene.server.issuer)api/admin/v1"), "\(noAPI.errors)")
        #expect(noAPI.errors.contains("adminapi"))
        let noGrant = try await scene.setUp(["--oauth"])
        #expect(noGrant.errors.contains("no device authorization grant"), "\(noGrant.errors)")
        let wrong = try await scene.setUp([
            "--mas-client-id", DelegatedHomeserver.client.id, "--mas-client-secret-file",
            try scene.command.secretFile("wrong", "wrong"),
        ])
        #expect(wrong.errors.contains("the ID or the secret is wrong"), "\(wrong.errors)")
        let noProgram = try await scene.setUp(["--mas-cli", "/nowhere/mas-cli"])
        #expect(noProgram.status == 2)
        #expect(noProgram.errors.contains("there is no program /nowhere/mas-cli here"))
        let silent = try scene.server.installCommand(in: scene.command.folder, isSilent: true)
        let hidden = try await scene.setUp(["--mas-cli", silent])
        #expect(hidden.errors.contains("RUST_LOG=info"), "\(hidden.errors)")
        let noSecret = try await scene.setUp(["--mas-client-id", "x"])
        #expect(noSecret.status == 2)
        #expect(noSecret.errors.contains("--mas-client-secret-file is missing"))
    }

    @Test func `an account that nobody named is not taken over`() async throws {
        let scene = try await Scene()
        defer { scene.server.stop() }
        scene.server.addToService("draupnir")
        let arguments = scene.command.usual + ["--manager", scene.manager.userID.rawValue]
        let line = try scene.server.installCommand(in: scene.command.folder)
        for flags in [try scene.clientFlags(), ["--mas-cli", line]] {
            for _ in 0..<2 {
                let outcome = try await scene.command.run(arguments + flags)
                #expect(outcome.status == 3)
                #expect(outcome.errors.contains("there is an account draupnir already"), "\(outcome.errors)")
                #expect(outcome.errors.contains("--localpart draupnir"))
            }
        }
        scene.server.lock(scene.localpart)
        let locked = try await scene.setUp(try scene.clientFlags())
        #expect(locked.errors.contains("is locked"), "\(locked.errors)")
    }

    @Test func `a dry run changes nothing there`() async throws {
        let scene = try await Scene()
        defer { scene.server.stop() }
        let line = try scene.server.installCommand(in: scene.command.folder)
        for flags in [try scene.clientFlags(), ["--mas-cli", line], ["--oauth"]] {
            let outcome = try await scene.setUp(flags + ["--dry-run"])
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        let changing = scene.server.requests.filter { $0.method != "GET" && $0.target != "/oauth2/token" }
        #expect(changing.map(\.target) == [])
        #expect(!scene.command.exists(scene.command.directory))
    }

    private func shownCode(_ scene: Scene, _ name: String) async throws -> String {
        try await polling(atMost: .seconds(180), "the code") {
            let lines = scene.command.read(name + ".err").split(whereSeparator: \.isNewline)
            return lines.first { $0.hasPrefix("    C") }.map { String($0.dropFirst(4)) }
        }
    }
}
