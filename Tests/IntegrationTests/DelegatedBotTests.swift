import Synchronization
import MatrixCore
import Moderation
import Testing

/// A bot that was set up in a browser, on tokens of the Matrix Authentication Service that end within seconds.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct DelegatedBotTests {
    @Test func `it lives on renewed tokens, through an outage of the service, until it is logged out`() async throws {
        let synapse = try await Synapse.shared()
        var options = DelegatedHomeserver.Options()
        // As long as setup may take on a busy machine.
        options.tokenLifetime = .seconds(300)
        let server = try await DelegatedHomeserver(synapse, options)
        defer { server.stop() }
        let manager = try await synapse.register("manager")
        let command = try SetupCommand(synapse, at: server.url)
        let localpart = "draupnir-" + uniqueSuffix()
        try await server.provision(localpart, isKnownToService: true)
        let arguments =
            command.usual + ["--localpart", localpart, "--manager", manager.userID.rawValue, "--json", "--oauth"]
        let setup = try await command.start(arguments, name: "setup")
        let code = try await polling(atMost: .seconds(180), "the code") {
            let lines = command.read("setup.err").split(whereSeparator: \.isNewline)
            return lines.first { $0.hasPrefix("    C") }.map { String($0.dropFirst(4)) }
        }
        server.approve(code, as: localpart)
        #expect(try await setup.end(within: .seconds(180)) == .exited(code: 0), "\(command.read("setup.err"))")

        server.state.withLock { $0.options.tokenLifetime = .seconds(4) }
        server.endTokens()
        let secret = command.directory + "/secrets/access-token"
        let configured = command.read(secret)
        let bot = try await command.start(
            ["bot", "--draupnir-config", command.directory + "/production.yaml", "--access-token-path", secret],
            name: "bot"
        )
        defer { bot.send(9) }
        try await polling(atMost: .seconds(180), "four renewals") { server.renewals >= 4 ? () : nil }

        server.setDown(true)
        let before = server.renewals
        try await polling(atMost: .seconds(180), "attempts while it is down") {
            server.renewals >= before + 3 ? () : nil
        }
        #expect(bot.endingSoFar == nil, "a service that is down is no logout")
        server.setDown(false)
        let after = server.renewals
        try await polling(atMost: .seconds(180), "renewals after the outage") {
            server.renewals >= after + 3 ? () : nil
        }
        #expect(command.read(secret) == configured, "the operator's file is left alone")

        // A renewal in the middle of a run would end the token that the run began with.
        server.state.withLock { $0.options.tokenLifetime = .seconds(120) }
        let last = server.renewals
        try await polling(atMost: .seconds(180), "a longer token") { server.renewals > last ? () : nil }

        let doctor = try await command.run([
            "doctor", "--all", "--draupnir-config", command.directory + "/production.yaml", "--access-token-path",
            secret,
        ])
        let lines = doctor.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(lines.contains("is renewed at half of its life"), "\(doctor.output)\(doctor.errors)")
        #expect(!lines.contains("the access token has ended"), "it knows the session that the bot is in")
        let again = try await command.run(arguments)
        #expect(again.status == 0, "\(again.errors)")
        #expect(!again.errors.contains("open"), "nobody is asked again")
        #expect(server.violations == [])

        server.revokeAll()
        #expect(try await bot.end(within: .seconds(180)) == .exited(code: 77))
        #expect(command.read("bot.err").contains("renewing it was refused"), "\(command.read("bot.err"))")
        #expect(command.read("bot.err").contains("invalid_grant"))
    }
}
