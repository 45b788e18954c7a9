import JSON
import MatrixCore
import Testing

/// Steps of setup as commands of their own.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct SetupStepTests {
    /// Its secrets would go there in clear.
    @Test func `a proxy that the environment names is not asked for what is on this machine`() async throws {
        let synapse = try await Synapse.shared()
        let command = try SetupCommand(synapse)
        let dead = "http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 no_proxy=elsewhere.example"
        let outcome = try await command.run(
            ["account", "create"] + command.usual.dropFirst()
                + ["--localpart", "proxied-" + uniqueSuffix(), "--homeserver-config", command.homeserverConfig],
            variables: dead
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test func `an account is made, limited, freed and made an admin by commands`() async throws {
        let synapse = try await Synapse.shared()
        let admin = try await synapse.register("root", isAdmin: true)
        let command = try SetupCommand(synapse)
        let token = try command.secretFile("admin", admin.accessToken)
        let localpart = "steps-" + uniqueSuffix()
        let usual = ["--non-interactive", "--directory", command.directory]
        func run(_ words: String..., flags: [String] = []) async throws -> SetupCommand.Outcome {
            try await command.run(words + usual + flags)
        }
        let made = try await run(
            "account",
            "create",
            flags: [
                "--homeserver", synapse.url, "--localpart", localpart, "--homeserver-config", command.homeserverConfig,
            ]
        )
        #expect(made.status == 0, "\(made.errors)")
        #expect(try await command.bot().userID.localpart == localpart)

        let blind = try await run("ratelimit", "show")
        #expect(blind.status == 1)
        #expect(blind.errors.contains("--admin-access-token-file"))
        let shown = try await run("ratelimit", "show", flags: ["--admin-access-token-file", token])
        #expect(shown.output.contains("the server's usual limits apply"))
        let refused = try await run("ratelimit", "disable")
        #expect(refused.status == 1)
        #expect(refused.errors.contains("    curl -X POST"))
        let lifted = try await run("ratelimit", "disable", flags: ["--admin-access-token-file", token])
        #expect(lifted.status == 0, "\(lifted.errors)")
        let after = try await run("ratelimit", "show", flags: ["--admin-access-token-file", token])
        #expect(after.output.contains("no limit applies"))

        #expect(try await run("admin", "check").output.contains("is not a server admin"))
        #expect(try await run("admin", "grant").status == 1)
        #expect(try await run("admin", "grant", flags: ["--admin-access-token-file", token]).status == 0)
        let checked = try await run("admin", "check", flags: ["--json"])
        #expect(checked.json?["admin"] == true)
    }

    @Test func `lifting limits asks for dendrite.yaml, and for no secret in it`() async throws {
        let command = try SetupCommand(await Synapse.shared())
        let help = try await command.run(["ratelimit", "disable", "--help"])
        #expect(help.status == 0)
        let text = help.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("dendrite.yaml, to show the change that lifts the limits there"))
        #expect(!text.contains("registration secret"))
    }

    @Test func `a login keeps a token of a device that says what it is`() async throws {
        let synapse = try await Synapse.shared()
        let account = try await synapse.register("login")
        let command = try SetupCommand(synapse)
        let password = try command.secretFile("password", account.password)
        let outcome = try await command.run([
            "login", "--non-interactive", "--homeserver", synapse.url, "--localpart", String(account.userID.localpart),
            "--password-file", password, "--directory", command.directory,
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let bot = try await command.bot()
        #expect(bot.userID == account.userID)
        let devices = try await bot.call(.get, .client("devices"))["devices"]?.elements ?? []
        #expect(devices.contains { $0["display_name"]?.string == "Draupnir (moderation bot, do not remove)" })
    }
}
