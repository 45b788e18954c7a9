package import MatrixCore
package import Moderation
package import Observability

/// The bot's configuration: its text is the adapter's business.
package protocol ConfigurationFile: Sendable {
    /// A commented file that says all of this and leaves the rest at its defaults.
    func text(_ choices: ConfigurationChoices) -> String

    /// What is wrong with the file and the token's file, a line each; the settings where nothing is.
    func read(_ path: String, accessTokenFile: String?) -> ReadConfiguration

    /// `registration_shared_secret` of Synapse's or Dendrite's configuration, the file that it names included.
    func sharedSecret(inHomeserverConfiguration text: String) -> SharedSecretPlace

    /// What Dendrite's configuration says of an account's rate limits, and how to lift them there.
    func limits(of user: UserID, inDendriteConfiguration text: String) -> DendriteLimits

    /// `server_name` of Synapse's or Dendrite's configuration.
    func serverName(inHomeserverConfiguration text: String) -> String?

    /// Nil where the text is no application service's registration.
    func appservice(_ text: String) -> AppserviceRegistration?
}

package struct ConfigurationChoices: Sendable, Equatable {
    package var homeserverURL: String
    package var user: String
    package var accessTokenFile: String
    package var dataPath: String
    package var managementRoom: String
    package var manager: String?

    package init(
        homeserverURL: String,
        user: String,
        accessTokenFile: String,
        dataPath: String,
        managementRoom: String,
        manager: String?
    ) {
        self.homeserverURL = homeserverURL
        self.user = user
        self.accessTokenFile = accessTokenFile
        self.dataPath = dataPath
        self.managementRoom = managementRoom
        self.manager = manager
    }
}

package struct ReadConfiguration: Sendable {
    /// Nil where there are problems.
    package var settings: BotSettings?
    /// What could be read, also where there are problems.
    package var partial: BotSettings
    /// Whether there is a document; else `partial` is nothing but defaults.
    package var isRead: Bool
    package var problems: [String]
    package var warnings: [String]

    package init(
        settings: BotSettings?,
        partial: BotSettings,
        isRead: Bool = true,
        problems: [String],
        warnings: [String]
    ) {
        self.settings = settings
        self.partial = partial
        self.isRead = isRead
        self.problems = problems
        self.warnings = warnings
    }
}

package enum SharedSecretPlace: Sendable, Equatable {
    case inText(String)
    case inFile(String)
    case none
    case unreadable(String)
}

package enum DendriteLimits: Sendable, Equatable {
    /// `client_api.rate_limiting.enabled` is false.
    case off
    /// The account is in `exempt_user_ids`.
    case exempt
    /// Not lifted; this edit does it, and leaves everything else as it is.
    case lifted(by: TextEdit)
    /// Not lifted, and no small edit could be made: why, in words.
    case unclear(String)
}

/// What matters here of an application service's registration file.
package struct AppserviceRegistration: Sendable, Equatable {
    package let token: Secret
    package let senderLocalpart: String
    package let isRateLimited: Bool

    package init(token: Secret, senderLocalpart: String, isRateLimited: Bool) {
        self.token = token
        self.senderLocalpart = senderLocalpart
        self.isRateLimited = isRateLimited
    }
}
