package import MatrixCore
package import Moderation
package import Observability

/// Everything that doctor has found out; checks read it and nothing else.
package struct DoctorFacts: Sendable {
    package var configurationPath: String
    package var configuration: ReadConfiguration
    package var settings: BotSettings
    package var tokenPlace = TokenPlace.configuration
    package var token: Secret?
    /// What is kept with the token; nil where the token stands in the configuration.
    package var credential: Credential?
    /// Where setup has kept the account's password.
    package var passwordFile: String?
    /// Why what the bot has made of its token cannot be read.
    package var sessionFailure: FileFailure?
    package var sharedFiles: [SharedFile] = []
    /// Whether the data path can be written.
    package var isStorageWritable = true
    /// In bytes; nil where it could not be told.
    package var freeSpace: Int64?

    package var server: ServerFacts?
    package var serverFailure: ServerFailure?
    /// What the account's server says its clients connect to.
    package var wellKnownURL: String?
    /// Of a burst of harmless requests, how many were refused by something that is no homeserver.
    package var proxyRefusals = 0

    package var identity: Identity?
    package var identityFailure: ServerFailure?
    package var identityLatency: Duration = .zero
    package var devices: [AccountDevice]?
    package var devicesWithKeys: Set<String>?
    package var nowMilliseconds: Int64 = 0

    /// Whether the bot's own token has admin rights; nil where it could not be told.
    package var isAdmin: Bool?
    package var doesAdminTokenWork: Bool?
    package var record: AccountRecord?
    package var rateLimit: RateLimit?
    package var hasStateAfter: Bool?

    package var managementRoom: RoomID?
    package var managementRoomFailure: ServerFailure?
    package var joined: Set<RoomID>?
    package var protected: [RoomID] = []
    package var watched: [RoomReference] = []
    /// Why account data was not told; protected rooms and lists are then not known.
    package var accountDataFailure: ServerFailure?
    /// Account data of the bot that is there and makes no sense.
    package var unreadableData: [String] = []
    /// Rooms by ID, as far as their state could be read: the management room, protected ones and lists.
    package var rooms: [RoomID: RoomPicture] = [:]
    package var roomFailures: [RoomID: ServerFailure] = [:]
    /// Rooms of watched lists, by what the account data calls them.
    package var listRooms: [RoomReference: RoomID] = [:]
    /// The protected rooms when doctor last looked; nil at its first time.
    package var protectedBefore: Set<RoomID>?

    package init(configurationPath: String, configuration: ReadConfiguration) {
        self.configurationPath = configurationPath
        self.configuration = configuration
        settings = configuration.partial
    }

    package var user: UserID? { identity?.user }
    /// Whether `protected` says which rooms are, and not only that nothing could be learned of them.
    package var knowsProtected: Bool {
        joined != nil && accountDataFailure == nil
            && !unreadableData.contains(AccountDataType.protectedRooms.rawValue)
    }
    package var canAdminister: Bool { isAdmin == true || doesAdminTokenWork == true }
    var isTokenMissing: Bool { token == nil && !settings.pantalaimon.isUsed }
    var baseURL: String { settings.homeserverURL }
    /// Pantalaimon passes no admin calls on.
    var adminURL: String { settings.pantalaimon.isUsed ? settings.rawHomeserverURL : baseURL }

    /// Every check, in the order in which one thing needs another.
    package var results: [CheckResult] {
        // Without a configuration or a token, OS-2 says why; what hangs on them would be said of defaults.
        guard configuration.isRead else { return configurationKeys + secretFileChecks }
        var results = processChecks + networkChecks
        guard server != nil, !isTokenMissing else { return results + secretFileChecks }
        results += tokenChecks
        guard identity != nil else { return results }
        results += accountChecks + adminChecks + rateLimitChecks + managementRoomChecks
        if accountDataFailure == nil { results += roomChecks + listChecks + encryptedRoomChecks }
        return results + encryptionChecks + hookChecks
    }
}
