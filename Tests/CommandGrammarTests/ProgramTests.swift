import CommandGrammar
import MatrixCore
import Testing

@Suite struct ProgramTests {
    enum Subcommand: Sendable, Equatable {
        case bot, check, create

        var description: CommandDescription {
            switch self {
            case .bot: Bot.description
            case .check: Check.description
            case .create: Create.description
            }
        }
    }

    enum Bot {
        static let config = Option("draupnir-config", .text, "The configuration file", valueName: "FILE")
        static let legacy = Option(
            "mjolnir-config",
            .text,
            "The configuration file",
            valueName: "FILE",
            deprecatedFor: "draupnir-config"
        )
        static let token = Option("access-token-path", .text, "A file with the access token", valueName: "FILE")
        static let port = Option("port", .integer(in: 1...65_535), "A port", letter: "p")
        static let description = CommandDescription(
            "bot",
            "Runs the bot",
            arguments: [config, legacy, token, port],
            examples: ["bot --draupnir-config /data/config/production.yaml"]
        )
    }

    enum Check {
        static let file = Parameter("file", .text, "The configuration file")
        static let description = CommandDescription("config check", "Checks a configuration", arguments: [file])
    }

    enum Create {
        static let admin = RepeatableOption("admin", .user, "Who may use it")
        static let description = CommandDescription("account create", "Makes an account", arguments: [admin])
    }

    private static let program = Program(
        "draupnir",
        version: "1.2.3",
        "A moderation bot for Matrix",
        commands: [Subcommand.bot, .check, .create],
        describedBy: \.description
    )

    private static func run(_ arguments: [String]) throws -> (Subcommand, ParsedArguments) {
        guard case .run(let command, let parsed) = try program.read(arguments) else {
            throw Unreadable.otherKind
        }
        return (command, parsed)
    }

    private static func failure(_ arguments: [String]) -> ProgramError? {
        do {
            _ = try program.read(arguments)
            return nil
        } catch { return error }
    }

    private static func answer(_ arguments: [String]) throws -> String {
        guard case .answer(let text) = try program.read(arguments) else { throw Unreadable.otherKind }
        return text
    }

    @Test(arguments: [
        ["bot", "--draupnir-config", "/a b/c.yaml", "-p", "80"],
        ["bot", "--draupnir-config=/a b/c.yaml", "--port=80"],  // Draupnir did not know the equals sign
        ["BOT", "-p", "80", "--draupnir-config", "/a b/c.yaml"],
    ])
    func `reads options`(_ arguments: [String]) throws {
        let (command, parsed) = try Self.run(arguments)
        #expect(command == .bot)
        #expect(parsed[Bot.config] == "/a b/c.yaml")
        #expect(parsed[Bot.port] == 80)
        #expect(parsed[Bot.token] == nil)
    }

    @Test func `values are not cut again`() throws {
        let odd = ["\"quoted\" x", "-", "=a=b", "-dash", ""]
        for value in odd {
            #expect(try Self.run(["bot", "--access-token-path", value]).1[Bot.token] == value)
            #expect(try Self.run(["bot", "--access-token-path=" + value]).1[Bot.token] == value)
        }
        #expect(try Self.run(["config", "check", "a b"]).1[Check.file] == "a b")
        #expect(try Self.run(["config", "check", "--", "--odd"]).1[Check.file] == "--odd")
    }

    @Test func `an option may be repeated where it is declared so`() throws {
        let (_, parsed) = try Self.run(["account", "create", "--admin", "@a:b", "--admin=@c:d"])
        #expect(parsed[Create.admin].map(\.rawValue) == ["@a:b", "@c:d"])
        let error = try #require(Self.failure(["bot", "-p", "1", "--port", "2"]))
        #expect(error.text.hasPrefix("--port was given twice.\n"))
    }

    @Test func `a mistyped option is corrected`() throws {
        let error = try #require(Self.failure(["bot", "--draupnir-confg", "x"]))
        #expect(
            error.text == """
                “bot” has no option --draupnir-confg.
                draupnir bot --draupnir-confg
                             ^ no such option
                Did you mean --draupnir-config?
                Usage: draupnir bot [--draupnir-config FILE] [--access-token-path FILE] [--port NUMBER]
                “draupnir bot --help” explains the options.

                """
        )
    }

    @Test(arguments: [
        (["bot", "--draupnir-config"], "--draupnir-config needs a value"),
        (["bot", "--draupnir-config", "--port", "80"], "--draupnir-config needs a value"),
        (["bot", "-p", "0"], "0 is not between 1 and 65535."),
        (["bot", "-x"], "“bot” has no option -x."),
        (["bot", "stray"], "“bot” does not take “stray”."),
        (["config", "check"], "<file> is missing"),
        (["config"], "“config” is not a command by itself. There are:\n  config check\n"),
        (["bto"], "There is no command “bto”.\nDid you mean bot?\n"),
        (["help", "bto"], "There is no command “bto”.\nDid you mean bot?\n"),
        ([], "A moderation bot for Matrix.\n"),
    ])
    func `says what is wrong`(_ arguments: [String], text: String) throws {
        #expect(try #require(Self.failure(arguments)).text.hasPrefix(text))
    }

    @Test(arguments: [["--version"], ["version"]])
    func `tells its version`(_ arguments: [String]) throws {
        #expect(try Self.answer(arguments) == "draupnir 1.2.3\n")
    }

    @Test(arguments: [["bot", "--help"], ["help", "bot"], ["--help", "bot"], ["bot", "--port", "80", "-h"]])
    func `explains a command`(_ arguments: [String]) throws {
        #expect(
            try Self.answer(arguments) == """
                Runs the bot.

                Usage: draupnir bot [options]

                Options:
                  --draupnir-config FILE    The configuration file
                  --mjolnir-config FILE     The configuration file (deprecated: use
                                            --draupnir-config)
                  --access-token-path FILE  A file with the access token
                  -p, --port NUMBER         A port
                  --help                    Shows this

                Examples:
                  draupnir bot --draupnir-config /data/config/production.yaml

                """
        )
    }

    @Test(arguments: [["--help"], ["-h"], ["help"]])
    func `explains itself`(_ arguments: [String]) throws {
        #expect(
            try Self.answer(arguments) == """
                A moderation bot for Matrix.

                Usage: draupnir <command> [options]

                Commands:
                  bot             Runs the bot
                  config check    Checks a configuration
                  account create  Makes an account

                “draupnir <command> --help” explains a command; “draupnir --version” tells the version.

                """
        )
    }

    @Test func `help behind two dashes is a value`() throws {
        #expect(try Self.run(["config", "check", "--", "--help"]).1[Check.file] == "--help")
    }
}
