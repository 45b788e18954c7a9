import FoundationEssentials
import JSON
import MatrixCore
import Testing

/// Every command of the operator's guide, run as it stands there.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct SetupDocumentTests {
    @Test func `the commands of the operator's guide work in its order`() async throws {
        let synapse = try await Synapse.shared()
        let manager = try await synapse.register("manager")
        let command = try SetupCommand(synapse)
        var room = NewRoom()
        room.powerLevels = ["users_default": 100]
        let protected = try await manager.createRoom(room)
        let localpart = "guide-" + uniqueSuffix()
        let answers: [(String, String)] = [
            ("Number [1]", "1"), ("Path of homeserver.yaml", command.homeserverConfig),
            ("Name of the bot's account", localpart), ("server admin?", "y"),
            ("Who commands the bot", manager.userID.rawValue), ("first policy list", ""), ("Rooms to protect", ""),
            ("Spaces whose rooms", ""), ("Go on?", ""),
        ]
        let lines = try Self.commands()
        #expect(lines.count >= 12)
        for line in lines {
            var words = Self.words(line).map { word in
                switch word {
                case "example.org": synapse.url
                case "@you:example.org": manager.userID.rawValue
                case "!room:example.org": protected.rawValue
                case "/etc/matrix-synapse/homeserver.yaml": command.homeserverConfig
                default: word
                }
            }
            let name = words.removeFirst()
            switch (name, words.first ?? "") {
            case ("scripts/run", _):
                let program = Installation.root + "/scripts/run"
                let wrapped = ["DRAUPNIR_PROGRAM=\(command.program)", program] + words
                let terminal = try await SetupTerminal("/usr/bin/env", wrapped, in: command.folder)
                for (question, answer) in answers { try await terminal.answer(question, answer) }
                try await terminal.waitFor("told the management room")
                #expect(try await terminal.interrupt() == .exited(code: 0))
            case ("draupnir", "setup") where words.count == 1:
                let terminal = try await SetupTerminal(command.program, words, in: command.folder)
                try await terminal.answer("Directory", "")
                try await terminal.answer("Go on?", "")
                #expect(try await terminal.end() == .exited(code: 0), "\(terminal.text)")
            case ("draupnir", "bot"):
                let process = try await command.start(words, name: "bot")
                try await polling(atMost: .seconds(180), "the bot's start") {
                    command.read("bot.err").contains("told the management room") ? () : nil
                }
                process.send(15)
                #expect(try await process.end(within: .seconds(180)) == .exited(code: 0))
            default:
                #expect(name == "draupnir", "\(line)")
                // The guide goes on with the account that it has made.
                let own = words.contains("--homeserver") ? ["--localpart", localpart] : []
                let outcome = try await command.run(words + own)
                #expect(outcome.status == 0, "\(line)\n\(outcome.output)\(outcome.errors)")
            }
        }
        let bot = try await command.bot()
        #expect(try await bot.joinedRooms().contains(protected))
    }

    /// The lines of the blocks that are marked as shell.
    private static func commands() throws -> [String] {
        let text = try String(contentsOf: URL(filePath: Installation.root + "/docs/operators.md"), encoding: .utf8)
        var lines: [String] = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isInside = line == "```sh"
            } else if isInside {
                lines.append(String(line))
            }
        }
        return lines
    }

    /// As a shell splits them; the guide has single quotes and no others.
    private static func words(_ line: String) -> [String] {
        line.split(separator: " ").map { String($0.drop { $0 == "'" }.prefix { $0 != "'" }) }
    }
}
