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

    static let description = CommandDescription(
        "setup",
        "sets a bot up: its account, rights and rooms, its configuration, and a test of all",
        arguments: account + [
            manager, managementRoom, keepRateLimits, list, protect, protectSpace, protectJoined, allowStrangers,
        ] + manner,
        details:
            "It asks for what is not given, where a terminal is there to ask. It saves after every step, so that it can be"
            + " run again after a failure, and makes nothing twice.",
        examples: [
            "setup",
            "setup --non-interactive --homeserver example.org --manager @you:example.org"
                + " --homeserver-config /etc/matrix-synapse/homeserver.yaml --server-admin",
            "setup --homeserver example.org --oauth",
            "setup --homeserver example.org --mas-cli \"docker exec mas mas-cli\" --server-admin",
        ]
    )

    static let accountCreate = CommandDescription(
        "account create",
        "makes the bot's account and keeps its token",
        arguments: account + manner,
        examples: ["account create --homeserver example.org --homeserver-config /etc/matrix-synapse/homeserver.yaml"]
    )
    static let logIn = CommandDescription(
        "login",
        "logs in to the bot's account and keeps its token",
        arguments: access + [password, oauth] + service + manner,
        examples: [
            "login --homeserver example.org --localpart draupnir --password-file password",
            "login --homeserver example.org --oauth",
        ]
    )
    static let showRateLimit = CommandDescription(
        "ratelimit show",
        "tells how the server limits the bot's rate",
        arguments: access + manner,
        examples: ["ratelimit show --directory draupnir"]
    )
    static let disableRateLimit = CommandDescription(
        "ratelimit disable",
        "switches the server's rate limits off for the bot",
        arguments: access + [limitsConfig] + manner,
        details: "Dendrite has only its configuration for that: the change to the file is shown, and made by you.",
        examples: [
            "ratelimit disable --directory draupnir --admin-access-token-file admin-token",
            "ratelimit disable --homeserver example.org --homeserver-config /etc/dendrite/dendrite.yaml",
        ]
    )
    static let adminGrant = CommandDescription(
        "admin grant",
        "makes the bot a server admin",
        arguments: access + service + manner,
        examples: ["admin grant --directory draupnir --admin-access-token-file admin-token"]
    )
    static let adminCheck = CommandDescription(
        "admin check",
        "tells whether the bot is a server admin",
        arguments: access + manner,
        examples: ["admin check --directory draupnir"]
    )

    /// Whether a command line means one of these commands, whose exit codes differ from the bot's.
    static func ownsWords(_ words: ArraySlice<String>) -> Bool {
        guard let first = words.first(where: { !$0.hasPrefix("-") }) else { return false }
        return ["setup", "account", "login", "ratelimit", "admin", "doctor"].contains(first)
    }

    static func wishes(_ given: ParsedArguments) -> SetupWishes {
        var wishes = SetupWishes()
        wishes.homeserver = given[homeserver]
        wishes.localpart = given[localpart]
        wishes.managers = given[manager]
        wishes.managementRoom = given[managementRoom]
        wishes.directory = given[directory].map(withoutSlashAtEnd)
        wishes.registrationSharedSecretFile = given[sharedSecret]
        wishes.homeserverConfig = given[homeserverConfig]
        wishes.adminAccessTokenFile = given[adminToken]
        wishes.keepsAdminToken = given[keepAdminToken]
        wishes.passwordFile = given[password]
        wishes.accessTokenFile = given[accessToken]
        wishes.registrationTokenFile = given[registrationToken]
        wishes.appserviceRegistration = given[appservice]
        wishes.serviceClientID = given[serviceClient]
        wishes.serviceClientSecretFile = given[serviceSecret]
        wishes.serviceAdminTokenFile = given[serviceToken]
        wishes.serviceCommand = given[serviceCommand]
        wishes.usesDeviceGrant = given[oauth]
        wishes.registersOpenly = given[register]
        wishes.wantsServerAdmin = given[serverAdmin]
        wishes.keepsRateLimits = given[keepRateLimits]
        wishes.list = given[list]
        wishes.protect = given[protect]
        wishes.protectSpaces = given[protectSpace]
        wishes.protectsJoined = given[protectJoined]
        wishes.allowsPlainHTTP = given[allowPlainHTTP]
        wishes.allowsStrangers = given[allowStrangers]
        wishes.mode = given[dryRun] ? .dry : .real
        return wishes
    }

    private static func withoutSlashAtEnd(_ path: String) -> String {
        var path = path
        while path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") { path.removeLast() }
        return path
    }
}
