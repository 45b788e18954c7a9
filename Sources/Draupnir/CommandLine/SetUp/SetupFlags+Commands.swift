import CommandGrammar

/// Setup and its steps as commands, with their help.
extension SetupFlags {
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
        arguments: access + [password, oauth] + service + [serverAdmin] + manner,
        examples: [
            "login --homeserver example.org --localpart draupnir --password-file password",
            "login --homeserver example.org --oauth --server-admin",
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
}
