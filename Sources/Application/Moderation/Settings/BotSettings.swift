package import MatrixCore
package import Observability

/// Everything that a configuration file may say, typed and checked, with Draupnir's defaults.
///
/// The configuration adapter fills it; nothing else reads the file. Keys that this version does not act on are kept in
/// `notYetBuilt`, so that the start can name them.
package struct BotSettings: Sendable {
    package var homeserverURL = "http://localhost:8008"
    package var rawHomeserverURL = "http://localhost:8008"
    package var accessToken: Secret?
    /// The access token with what renews it, where its file says so.
    package var savedCredential: Credential?
    package var pantalaimon = Pantalaimon()
    package var usesRustCrypto = false
    /// Where the database lies; a relative one starts at the working directory.
    package var dataPath = "/data/storage"
    package var managementRoom = ManagementRoomChoice.unset
    package var invitations = Invitations()
    package var logLevel = LogLevel.info
    package var disablesServerACL = false
    /// Dry run: nothing that changes a room, list, user or account data is sent.
    package var isDryRun = false
    package var automaticallyRedactForReasons = ["spam", "advertising"]
    package var protectsAllJoinedRooms = false
    package var backgroundDelay: Duration = .milliseconds(500)
    package var reports = Reports()
    package var commands = CommandSettings()
    package var protections = ProtectionSettings()
    package var safeModeBoot = SafeModeBoot.recoveryOnly
    package var health = Health()
    package var web = Web()
    package var enablesMakeRoomAdminCommand = false
    package var usesRoomStateBackingStore = true
    package var newsURL: String?
    /// Key paths that were set to something that asks for a part of the program that this version does not have.
    package var notYetBuilt: [NotYetBuilt] = []

    package init() {}

    package struct Pantalaimon: Sendable {
        package var isUsed = false
        package var username = ""
        package var password: Secret?
        package init() {}
    }

    package enum ManagementRoomChoice: Sendable, Equatable {
        case unset
        case room(RoomReference)
        /// Made by the bot for this user.
        case madeFor(UserID)
    }

    package struct Invitations: Sendable {
        package var onlyFromManagers = true
        /// Whose members may invite the bot where `onlyFromManagers` is false.
        package var acceptFromSpace: RoomReference?
        package init() {}
    }

    package struct Reports: Sendable {
        package var polls = false
        package var displays = true
        package init() {}
    }

    package struct CommandSettings: Sendable {
        package var allowsNoPrefix = false
        package var symbolPrefixes = ["!"]
        package var additionalPrefixes = ["draupnir"]
        package var defaultBanReasons = ["spam", "brigading", "harassment", "disagreement"]
        package init() {}
    }

    package struct ProtectionSettings: Sendable {
        package var wordListWords: [String] = []
        package var wordListMinutesBeforeTrusting = 20
        package var newJoinerServerNames: [ServerName] = []
        package var newJoinerBanMessage = "We are not taking new users from your homeserver at the moment."
        package init() {}
    }

    package enum SafeModeBoot: Sendable, Equatable { case recoveryOnly, never, always }

    package struct Health: Sendable {
        package var isEnabled = false
        package var port: UInt16 = 8080
        /// A numeric address, or `localhost`.
        package var address = "0.0.0.0"
        package var healthyStatus = 200
        package var unhealthyStatus = 418
        package var sentryDSN: Secret?
        package var sentryTracesSampleRate = 0.5
        package init() {}
    }

    package struct Web: Sendable {
        package var isEnabled = false
        package var port: UInt16 = 8080
        package var address = "localhost"
        package var acceptsAbuseReports = false
        package var usesAntispam = false
        package var antispamAuthorization: Secret?
        package init() {}
    }
}

/// Something that the configuration asks for and this version does not do.
package struct NotYetBuilt: Sendable, Equatable {
    package let keyPath: String
    /// What does not happen, in a sentence for a moderator.
    package let consequence: String
    /// Whether running without it would leave people unguarded or data at risk, so that the start is refused.
    package let isUnsafe: Bool

    package init(keyPath: String, consequence: String, isUnsafe: Bool = false) {
        self.keyPath = keyPath
        self.consequence = consequence
        self.isUnsafe = isUnsafe
    }
}
