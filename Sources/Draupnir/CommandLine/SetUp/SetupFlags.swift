import CommandGrammar
import MatrixCore
import Setup

/// The flags of setup and of its steps as commands.
enum SetupFlags {
    static let homeserver = Option(
        "homeserver",
        .text,
        "the server's name, the bot's user ID, or the URL that clients connect to",
        valueName: "NAME|URL"
    )
    static let localpart = Option(
        "localpart",
        .text,
        "the bot's account; draupnir where it is left out",
        valueName: "NAME"
    )
    static let manager = RepeatableOption(
        "manager",
        .user,
        "who commands the bot, invited to its management room",
        valueName: "@USER:SERVER"
    )
    static let managementRoom = Option(
        "management-room",
        .room,
        "an existing management room instead of a new one",
        valueName: "ROOM"
    )
    static let directory = Option(
        "directory",
        .text,
        "where production.yaml, secrets and storage go; ./draupnir where it is left out",
        valueName: "DIR"
    )
    static let sharedSecret = Option(
        "registration-shared-secret-file",
        .text,
        "Synapse's or Dendrite's registration secret, in the file's first line",
        valueName: "FILE"
    )
    static let homeserverConfig = Option(
        "homeserver-config",
        .text,
        "homeserver.yaml or dendrite.yaml, to take the registration secret from; it is only read",
        valueName: "FILE"
    )
    /// The same file, for a command that has nothing to do with accounts.
    static let limitsConfig = Option(
        "homeserver-config",
        .text,
        "dendrite.yaml, to show the change that lifts the limits there; it is only read",
        valueName: "FILE"
    )
    static let adminToken = Option(
        "admin-access-token-file",
        .text,
        "a server admin's access token, used now and not kept",
        valueName: "FILE"
    )
    static let keepAdminToken = Flag("keep-admin-token", "keeps the admin's token for doctor and for admin calls")
    static let password = Option("password-file", .text, "the password of the bot's account", valueName: "FILE")
    static let accessToken = Option(
        "access-token-file",
        .text,
        "an access token of the bot's account",
        valueName: "FILE"
    )
    static let registrationToken = Option(
        "registration-token-file",
        .text,
        "a token that the server registers accounts for",
        valueName: "FILE"
    )
    static let appservice = Option(
        "appservice-registration",
        .text,
        "an application service's registration, whose account the bot is to be",
        valueName: "FILE"
    )
    static let serviceClient = Option(
        "mas-client-id",
        .text,
        "a client of the Matrix Authentication Service that may use its admin API",
        valueName: "ID"
    )
    static let serviceSecret = Option("mas-client-secret-file", .text, "the secret of that client", valueName: "FILE")
    static let serviceToken = Option(
        "mas-admin-token-file",
        .text,
        "a token for that admin API, in place of a client",
        valueName: "FILE"
    )
    static let serviceCommand = Option(
        "mas-cli",
        .text,
        "the service's command as it is run here; it is run to make account and token",
        valueName: "COMMAND"
    )
    static let oauth = Flag("oauth", "shows a code and a QR code: a person approves the bot in a browser")
    static let register = Flag("register", "makes the account where the server lets anybody")
    static let serverAdmin = Flag("server-admin", "makes the bot a server admin")
    static let keepRateLimits = Flag("keep-rate-limits", "leaves the server's rate limits alone")
    static let list = Option(
        "list",
        .text,
        "the first policy list's short name; coc where it is left out",
        valueName: "SHORTCODE"
    )
    static let protect = RepeatableOption("protect", .room, "a room to protect", valueName: "ROOM")
    static let protectSpace = RepeatableOption(
        "protect-space",
        .room,
        "a space whose rooms to protect",
        valueName: "ROOM"
    )
    static let protectJoined = Flag("protect-joined", "protects every room that the bot is in")
    static let allowPlainHTTP = Flag("allow-plain-http", "lets secrets go to another machine without TLS")
    static let allowStrangers = Flag("allow-strangers", "takes a management room that others can join or read")
    static let answers = Option("answers", .text, "these flags and their values in YAML", valueName: "FILE")
    static let nonInteractive = Flag("non-interactive", "never asks; names the flag that is missing")
    static let dryRun = Flag("dry-run", "shows every request that would change something, and sends none of them")
    static let json = Flag("json", "writes one JSON object to standard output, and progress to the error output")

    /// Where the homeserver leaves accounts to an authentication service.
    static let service: [any Argument] = [serviceClient, serviceSecret, serviceToken, serviceCommand]
    /// What every step needs to find the server and the account.
    static let access: [any Argument] = [homeserver, localpart, directory, accessToken, adminToken, allowPlainHTTP]
    static let manner: [any Argument] = [answers, nonInteractive, dryRun, json]
    static let account: [any Argument] =
        [
            homeserver, localpart, directory, sharedSecret, homeserverConfig, adminToken, keepAdminToken, password,
            accessToken, registrationToken, appservice, register, serverAdmin, allowPlainHTTP, oauth,
        ] + service
}
