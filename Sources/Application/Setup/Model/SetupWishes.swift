package import MatrixCore
package import Observability

/// What the operator wants, as far as it was said by flags, answers or in the dialogue.
package struct SetupWishes: Sendable {
    /// A server name, a user ID or a client URL.
    package var homeserver: String?
    package var localpart: String?
    /// Whether `localpart` is the name that was proposed: who takes it has named no account that is there already.
    package var isProposedName = false
    package var managers: [UserID] = []
    package var managementRoom: RoomReference?
    package var directory: String?

    package var registrationSharedSecretFile: String?
    package var homeserverConfig: String?
    package var adminAccessTokenFile: String?
    package var passwordFile: String?
    package var accessTokenFile: String?
    package var registrationTokenFile: String?
    package var appserviceRegistration: String?
    /// Of the authentication service that a homeserver leaves accounts to.
    package var serviceClientID: String?
    package var serviceClientSecretFile: String?
    package var serviceAdminTokenFile: String?
    package var serviceCommand: String?
    /// Whether a person approves the bot in a browser.
    package var usesDeviceGrant = false
    /// Typed in the dialogue; these count before the files.
    package var typedSharedSecret: Secret?
    package var typedPassword: Secret?
    package var typedAccessToken: Secret?
    package var typedAdminToken: Secret?
    package var typedServiceSecret: Secret?

    /// Whether a new login is meant, though the kept token may work.
    package var logsInAnew = false
    /// Where anybody may register an account.
    package var registersOpenly = false
    package var wantsServerAdmin = false
    package var keepsRateLimits = false
    package var keepsAdminToken = false
    package var list: String?
    package var protect: [RoomReference] = []
    package var protectSpaces: [RoomReference] = []
    package var protectsJoined = false
    /// Plain HTTP to another machine, where the operator insists.
    package var allowsPlainHTTP = false
    /// A management room with others in it than the managers, or a public one.
    package var allowsStrangers = false

    package var mode = Mode.real

    package enum Mode: Sendable, Equatable {
        case real
        /// Reads only; what would be changed is told.
        case dry
    }

    package init() {}

    package static let standardDirectory = "./draupnir"

    /// Whether something is given that an authentication service takes.
    package var hasServiceMeans: Bool {
        serviceClientID != nil || serviceAdminTokenFile != nil || serviceCommand != nil || usesDeviceGrant
    }

    package var isDryRun: Bool { mode == .dry }
}
