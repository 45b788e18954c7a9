import JSON
import MatrixCore
import Testing

/// The whole dialogue, through a pseudo-terminal.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct SetupDialogueTests {
    @Test func `a person who makes mistakes is led to a running bot`() async throws {
        let synapse = try await Synapse.shared()
        let manager = try await synapse.register("manager")
        let room = try await manager.createRoom()
        let command = try SetupCommand(synapse)
        let localpart = "asked-" + uniqueSuffix()
        let secret = try registrationSecret(of: synapse, command)
        let terminal = try await SetupTerminal(command.program, ["setup"], in: command.folder)
        try await terminal.answer("Directory for the bot's files [./draupnir]", "")
        try await terminal.answer("Your homeserver", "not a server!")
        try await terminal.answer("Your homeserver", "http://127.0.0.1:1")
        try await terminal.answer("Your homeserver", synapse.url)
        try await terminal.answer("Number [1]", "9")
        try await terminal.answer("Number [1]", "2")
        try await terminal.answer("Registration secret (not shown)", secret)
        try await terminal.answer("Name of the bot's account [draupnir]", "Loud")
        try await terminal.answer("Name of the bot's account [draupnir]", localpart)
        try await terminal.answer("server admin?", "perhaps")
        try await terminal.answer("server admin?", "yes")
        try await terminal.answer("Who commands the bot", "me")
        try await terminal.answer("Who commands the bot", "@nobody-\(uniqueSuffix()):synapse.test")
        try await terminal.answer("Who commands the bot", manager.userID.rawValue)
        try await terminal.answer("Short name of the first policy list [coc]", "")
        try await terminal.answer("Rooms to protect", "lobby")
        try await terminal.answer("Rooms to protect", room.rawValue)
        try await terminal.answer("Spaces whose rooms to protect", "")
        try await terminal.answer("Go on? [Y/n]", "")
        #expect(try await terminal.end() == .exited(code: 0), "\(terminal.text)")

        let text = terminal.text
        for said in [
            "This is neither a server name nor a URL.", "nobody answers at that address", "A number from 1 to 5.",
            "it has the capital letter L", "Please answer y or n.", "A user ID begins with @",
            "There is no account @nobody-", "lobby is not a room", "  - make the account \(localpart), or log in to it",
            "  - make a management room and invite \(manager.userID)", "  - protect \(room)",
            "self-test: ban: answered in",
            "draupnir bot --draupnir-config ./draupnir/production.yaml",
        ] { #expect(text.contains(said), "\(said)\n\(text)") }
        #expect(!text.contains(secret), "a secret is not shown")
        let bot = try await command.bot()
        #expect(bot.userID.rawValue == "@\(localpart):synapse.test")
        #expect(!command.read(command.directory + "/setup-progress.json").contains(secret))
    }

    @Test func `nothing is changed where the person does not agree`() async throws {
        let synapse = try await Synapse.shared()
        let proxy = try FaultyProxy(to: synapse)
        defer { proxy.stop() }
        let manager = try await synapse.register("manager")
        let command = try SetupCommand(synapse, through: proxy)
        let password = try command.secretFile("password", "whatever")
        let arguments = [
            "setup", "--directory", command.directory, "--homeserver", proxy.url, "--manager", manager.userID.rawValue,
            "--password-file", password, "--localpart", "unwanted", "--list", "coc", "--protect-joined",
        ]
        let terminal = try await SetupTerminal(command.program, arguments, in: command.folder)
        try await terminal.answer("Go on? [Y/n]", "n")
        #expect(try await terminal.end() == .exited(code: 1))
        #expect(terminal.text.contains("stopped by you; nothing was changed"))
        #expect(proxy.exchanges.allSatisfy { $0.method == "GET" })
        #expect(!command.exists(command.directory))
    }

    @Test func `without a terminal nobody is asked`() async throws {
        let synapse = try await Synapse.shared()
        let command = try SetupCommand(synapse)
        let outcome = try await command.run(["setup", "--homeserver", synapse.url, "--directory", command.directory])
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("--manager is missing"))
    }

    private func registrationSecret(of synapse: Synapse, _ command: SetupCommand) throws -> String {
        let key = "registration_shared_secret: \""
        let line = command.read(command.homeserverConfig).split(separator: "\n").first { $0.hasPrefix(key) }
        return String(try #require(line).dropFirst(key.utf8.count).dropLast())
    }
}
