import CommandGrammar
import Configuration
import Setup

/// What the program can be told to do.
enum SubCommand: CaseIterable, Sendable {
    case bot, checkConfiguration
    case setUp, accountCreate, logIn, showRateLimit, disableRateLimit, adminGrant, adminCheck
    case doctor, serviceFiles

    private static let configuration = Option(
        "draupnir-config",
        .text,
        "the configuration, in Draupnir's YAML",
        valueName: "FILE"
    )
    private static let mjolnirConfiguration = Option(
        "mjolnir-config",
        .text,
        "the same, by its old name",
        valueName: "FILE",
        deprecatedFor: "draupnir-config"
    )
    private static let accessToken = Option(
        "access-token-path",
        .text,
        "takes the access token from the file's first line",
        valueName: "FILE"
    )
    private static let pantalaimonPassword = Option(
        "pantalaimon-password-path",
        .text,
        "takes pantalaimon's password from the file's first line",
        valueName: "FILE"
    )
    private static let antispamAuthorization = Option(
        "http-antispam-authorization-path",
        .text,
        "takes the secret of Synapse's antispam module from the file's first line",
        valueName: "FILE"
    )
    private static let logFormat = Option(
        "log-format",
        .choice("text", "json"),
        "how log lines are written; text where it is left out",
        valueName: "text|json"
    )
    private static let file = Parameter("FILE", .text, "the configuration to check")

    var description: CommandDescription {
        switch self {
        case .bot:
            CommandDescription(
                "bot",
                "runs the bot with the account that the configuration names",
                arguments: [
                    Self.configuration, Self.mjolnirConfiguration, Self.accessToken, Self.pantalaimonPassword,
                    Self.antispamAuthorization, Self.logFormat,
                ],
                details: "It ends on SIGTERM or SIGINT, after the work in hand.",
                examples: [
                    "bot --draupnir-config /etc/draupnir/production.yaml",
                    "bot --draupnir-config=production.yaml --access-token-path=secrets/access-token",
                ]
            )
        case .checkConfiguration:
            CommandDescription(
                "config check",
                "reads a configuration and says what is wrong with it",
                arguments: [Self.file, Self.accessToken, Self.pantalaimonPassword, Self.antispamAuthorization],
                examples: ["config check production.yaml"]
            )
        case .setUp: SetupFlags.description
        case .accountCreate: SetupFlags.accountCreate
        case .logIn: SetupFlags.logIn
        case .showRateLimit: SetupFlags.showRateLimit
        case .disableRateLimit: SetupFlags.disableRateLimit
        case .adminGrant: SetupFlags.adminGrant
        case .adminCheck: SetupFlags.adminCheck
        case .doctor: DoctorProgram.description
        case .serviceFiles: ServiceFilesProgram.description
        }
    }

    func run(_ arguments: ParsedArguments, _ shell: Shell) async -> ExitCode {
        let secrets = SecretFiles(
            accessToken: arguments[Self.accessToken],
            pantalaimonPassword: arguments[Self.pantalaimonPassword],
            antispamAuthorization: arguments[Self.antispamAuthorization]
        )
        switch self {
        case .bot:
            guard let file = arguments[Self.configuration] ?? arguments[Self.mjolnirConfiguration] else {
                shell.complain("No configuration is named: draupnir bot --draupnir-config FILE\n")
                return .usage
            }
            let format = arguments[Self.logFormat] == "json"
            return await BotProgram(file: file, secrets: secrets, logsJSON: format, shell: shell).run()
        case .checkConfiguration:
            let report = Configuration.load(path: arguments[Self.file], secrets: secrets)
            shell.write(report.text)
            return report.problems.isEmpty ? .success : .configuration
        case .setUp, .accountCreate, .logIn, .showRateLimit, .disableRateLimit, .adminGrant, .adminCheck:
            return await SetupProgram(shell: shell, steps: setupSteps, words: description.path).run(arguments)
        case .doctor: return await DoctorProgram(shell: shell).run(arguments)
        case .serviceFiles: return ServiceFilesProgram(shell: shell).run(arguments)
        }
    }
}

extension SubCommand {
    /// The steps that the command stands for.
    private var setupSteps: [any SetupStep] {
        let server: [any SetupStep] = [FindServer(), CheckNames(needsManager: false)]
        let account = server + [ObtainAccount(mayMake: false)]
        return switch self {
        case .bot, .checkConfiguration, .doctor, .serviceFiles: []
        case .setUp: Setup.allSteps
        case .accountCreate, .logIn: server + [ObtainAccount(), GrantAdmin(.look)]
        case .showRateLimit: account + [GrantAdmin(.look), ShowRateLimit()]
        case .disableRateLimit: account + [GrantAdmin(.look), LiftRateLimits(isRequired: true)]
        case .adminGrant: account + [GrantAdmin(.grant)]
        case .adminCheck: account + [GrantAdmin(.look)]
        }
    }
}
