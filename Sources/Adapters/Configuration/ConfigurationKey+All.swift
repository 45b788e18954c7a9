import Moderation
import Observability

extension ConfigurationKey {
    /// Every key, in the order in which people read about them.
    ///
    /// Reading, suggestions for misspelt keys, the list of what is set, and documents all come from here.
    package static let all = account + rooms + conduct + talk + protections + servers

    private static let account: [ConfigurationKey] = [
        .init("homeserverUrl", .baseURL, \.homeserverURL, "Where the homeserver's client API answers."),
        .init(
            "rawHomeserverUrl",
            .baseURL,
            \.rawHomeserverURL,
            "The homeserver itself, where a proxy stands before it."
        ),
        .init(SecretKey.accessToken, .secret, \.accessToken, "The access token of the bot's account."),
        .init(
            "pantalaimon.use",
            .flag,
            \.pantalaimon.isUsed,
            "Whether to log in with a password through Pantalaimon."
        ),
        .init("pantalaimon.username", .text, \.pantalaimon.username, "The name to log in with through Pantalaimon."),
        .init(SecretKey.pantalaimonPassword, .secret, \.pantalaimon.password, "The password for Pantalaimon."),
        .init(
            "experimentalRustCrypto",
            .flag,
            \.usesRustCrypto,
            status: .refused(
                "This version cannot read encrypted rooms, so moderators in an encrypted management room would not be"
                    + " heard.",
                remedy: "set it to false and use a management room without encryption",
                when: \.usesRustCrypto
            ),
            "Whether to take part in encrypted rooms."
        ),
        .init("dataPath", .path, \.dataPath, "The directory of the bot's database."),
    ]

    private static let rooms: [ConfigurationKey] = [
        .init(
            "managementRoom",
            .room,
            "The room where moderators give commands: its ID, an alias or a link.",
            get: { if case .room(let room) = $0.managementRoom { room } else { nil } },
            set: { $0.managementRoom = .room($1) }
        ),
        .init(
            "initialManager",
            .userID,
            "Who is invited to the management room that the bot makes where it has none.",
            get: { if case .madeFor(let user) = $0.managementRoom { user } else { nil } },
            set: { $0.managementRoom = .madeFor($1) }
        ),
        .init(
            "autojoinOnlyIfManager",
            .flag,
            \.invitations.onlyFromManagers,
            "Whether only members of the management room may invite the bot."
        ),
        .init(
            "acceptInvitesFromSpace",
            .room,
            \.invitations.acceptFromSpace,
            "The space whose members may invite the bot where autojoinOnlyIfManager is false."
        ),
        .init(
            ignored: "recordIgnoredInvites",
            .flag,
            "refused invitations are always told in the management room",
            "Whether refused invitations are told."
        ),
        .init(
            "protectAllJoinedRooms",
            .flag,
            \.protectsAllJoinedRooms,
            status: .unbuilt(
                "Rooms that the bot joins are not protected by themselves; each has to be added by a command.",
                when: \.protectsAllJoinedRooms
            ),
            "Whether every room that the bot is in is protected."
        ),
    ]

    private static let conduct: [ConfigurationKey] = [
        .init(
            "logLevel",
            .choice(["DEBUG": .debug, "INFO": .info, "WARN": .warning, "ERROR": .error]),
            \.logLevel,
            "The least weight that is logged."
        ),
        .init(
            ignored: "logMutedModules",
            .list(of: .text, "texts"),
            "no part of the program logs more than it should at INFO",
            "Parts of the original that do not log."
        ),
        .init(
            ignored: "verifyPermissionsOnStartup",
            .flag,
            "permissions are always checked, at the start and whenever they change",
            "Whether permissions are checked at the start."
        ),
        .init("disableServerACL", .flag, \.disablesServerACL, "Whether server ACLs are left alone."),
        .init("noop", .flag, \.isDryRun, "Dry run: tells what would be done and does nothing."),
        .init(
            "automaticallyRedactForReasons",
            .list(of: .text, "texts"),
            \.automaticallyRedactForReasons,
            "Patterns of ban reasons for which a user's messages are redacted too."
        ),
        .init(
            "backgroundDelayMS",
            ValueType.integer(0...3_600_000, of: "milliseconds")
                .map({ .milliseconds($0) }, back: { Int($0 / .milliseconds(1)) }),
            \.backgroundDelay,
            "The pause between kicks, in milliseconds."
        ),
        .init(
            "safeMode.bootOption",
            .choice(["RecoveryOnly": .recoveryOnly, "Never": .never, "AllErrors": .always, "Always": .always]),
            \.safeModeBoot,
            "Which failures of the start lead to safe mode."
        ),
        .init(
            "admin.enableMakeRoomAdminCommand",
            .flag,
            \.enablesMakeRoomAdminCommand,
            "Whether the command that takes over a room through the homeserver exists."
        ),
        .init(
            "roomStateBackingStore.enabled",
            .flag,
            \.usesRoomStateBackingStore,
            status: .unbuilt(
                "The state of rooms is kept on disk all the same, as the bot enforces from there after a restart.",
                when: { !$0.usesRoomStateBackingStore }
            ),
            "Whether the state of rooms is kept on disk."
        ),
        .init(
            "draupnirNewsURL",
            .webAddress,
            \.newsURL,
            status: .unbuilt("News from that address is not shown in the management room.", when: \.wantsOtherNews),
            "Where news for the management room comes from; empty for none."
        ),
    ]

    private static let talk: [ConfigurationKey] = [
        .init(
            "commands.allowNoPrefix",
            .flag,
            \.commands.allowsNoPrefix,
            "Whether !ban works like !draupnir ban."
        ),
        .init(
            "commands.symbolPrefixes",
            .list(of: .word, "words"),
            \.commands.symbolPrefixes,
            "What a command begins with."
        ),
        .init(
            "commands.additionalPrefixes",
            .list(of: .word, "words"),
            \.commands.additionalPrefixes,
            "Names that the bot answers to besides its own."
        ),
        .init(
            ignored: "commands.features",
            .list(of: .text, "texts"),
            "every command is there where the bot's account may use it",
            "Groups of commands."
        ),
        .init(
            "commands.ban.defaultReasons",
            .list(of: .filledText, "texts that are not empty"),
            \.commands.defaultBanReasons,
            "Reasons offered where a ban has none."
        ),
        .init(
            "pollReports",
            .flag,
            \.reports.polls,
            status: .unbuilt(
                "Reports are not fetched from Synapse; they do not reach this room.",
                when: \.reports.polls
            ),
            "Whether reports are fetched from Synapse."
        ),
        .init("displayReports", .flag, \.reports.displays, "Whether reports are shown in the management room."),
    ]

    private static let protections: [ConfigurationKey] = [
        .init(
            "protections.wordlist.words",
            .list(of: .filledText, "texts that are not empty"),
            \.protections.wordListWords,
            "Words that newcomers are banned for."
        ),
        .init(
            "protections.wordlist.minutesBeforeTrusting",
            .integer(0...5_256_000, of: "minutes"),
            \.protections.wordListMinutesBeforeTrusting,
            "How long a newcomer's words are watched; 0 for ever."
        ),
        .init(
            "protections.newJoinerProtection.serverNames",
            .list(of: .serverName, "server names"),
            \.protections.newJoinerServerNames,
            "Servers whose new members are banned."
        ),
        .init(
            "protections.newJoinerProtection.banMessage",
            .text,
            \.protections.newJoinerBanMessage,
            "The reason that such members are given."
        ),
    ]

    private static let servers: [ConfigurationKey] = [
        .init("health.healthz.enabled", .flag, \.health.isEnabled, "Whether health and metrics are served."),
        .init("health.healthz.port", .port, \.health.port, "The port of the health server."),
        .init(
            "health.healthz.address",
            .filledText,
            \.health.address,
            "The address that the health server listens on."
        ),
        .init(
            ignored: "health.healthz.endpoint",
            .text,
            "every path but /metrics answers",
            "The path that tells the bot's health."
        ),
        .init("health.healthz.healthyStatus", .status, \.health.healthyStatus, "The HTTP status while all is well."),
        .init("health.healthz.unhealthyStatus", .status, \.health.unhealthyStatus, "The HTTP status while it is not."),
        .init(
            SecretKey.sentryDSN,
            .secret,
            \.health.sentryDSN,
            status: .unbuilt(
                "Errors are not sent to Sentry; they are in the log.",
                when: { $0.health.sentryDSN != nil }
            ),
            "Where Sentry takes errors."
        ),
        .init(
            "health.sentry.tracesSampleRate",
            .fraction,
            \.health.sentryTracesSampleRate,
            "The share of work that Sentry is told about."
        ),
        .init("web.enabled", .flag, \.web.isEnabled, "Whether the web API is served."),
        .init("web.port", .port, \.web.port, "The port of the web API."),
        .init("web.address", .filledText, \.web.address, "The address that the web API listens on."),
        .init(
            "web.abuseReporting.enabled",
            .flag,
            \.web.acceptsAbuseReports,
            status: .unbuilt(
                "Reports that a proxy forwards are not taken; they do not reach this room.",
                when: { $0.web.isEnabled && $0.web.acceptsAbuseReports }
            ),
            "Whether reports that a proxy forwards are taken."
        ),
        .init(
            "web.synapseHTTPAntispam.enabled",
            .flag,
            \.web.usesAntispam,
            status: .refused(
                "This version does not answer Synapse's antispam module, which then refuses every invitation and join"
                    + " on the homeserver.",
                remedy: "set it to false and take the module out of Synapse's configuration",
                when: { $0.web.isEnabled && $0.web.usesAntispam }
            ),
            "Whether Synapse's antispam module is answered."
        ),
        .init(
            SecretKey.antispamAuthorization,
            .secret,
            \.web.antispamAuthorization,
            "The secret that the antispam module shows."
        ),
    ]
}

extension ValueType<Int> {
    fileprivate static let status = integer(200...599)
}

extension BotSettings {
    /// The address in the original's template asks for nothing.
    fileprivate var wantsOtherNews: Bool {
        guard let newsURL, !newsURL.isEmpty else { return false }
        return !newsURL.hasSuffix("/apps/draupnir/src/protections/DraupnirNews/news.json")
    }
}
