package import Moderation
package import Observability

/// The service that a homeserver leaves accounts to: OAuth 2.0, and the admin API of the Matrix Authentication Service.
package protocol AuthenticationService: Sendable {
    var metadata: AuthenticationMetadata { get }

    /// The client ID: the same metadata gives the same one.
    func registerClient() async throws(ServerFailure) -> String

    func startDeviceGrant(_ scope: TokenScope, client: String) async throws(ServerFailure) -> DeviceGrant

    func poll(_ grant: DeviceGrant, client: String) async throws(ServerFailure) -> DeviceGrantAnswer

    /// Takes the tokens of a refresh token, which is good until one of them is used.
    func refresh(_ refreshToken: Secret, client: String) async throws(ServerFailure) -> IssuedTokens

    func revoke(_ token: Secret, client: String) async throws(ServerFailure)

    /// The token of a client that may use the admin API.
    func adminToken(client: String, secret: Secret) async throws(ServerFailure) -> Secret

    /// Nil where there is no such user.
    func user(_ localpart: String, _ token: Secret) async throws(ServerFailure) -> ServiceUser?

    func makeUser(_ localpart: String, _ token: Secret) async throws(ServerFailure) -> ServiceUser

    func setPassword(_ password: Secret, of user: ServiceUser, _ token: Secret) async throws(ServerFailure)

    /// A token that lives until it is revoked.
    func issuePersonalToken(
        _ scope: TokenScope,
        for user: ServiceUser,
        named name: String,
        _ token: Secret
    ) async throws(ServerFailure) -> PersonalToken

    func endPersonalSession(_ id: String, _ token: Secret) async throws(ServerFailure)
}

package struct PersonalToken: Sendable, Equatable {
    /// Nil where the service did not say it.
    package let session: String?
    package let token: Secret

    package init(session: String?, token: Secret) {
        self.session = session
        self.token = token
    }
}

/// A device authorization grant that waits for a person.
///
/// - Source: RFC 8628, section 3.2.
package struct DeviceGrant: Sendable, Equatable {
    package let deviceCode: Secret
    /// What the person types at `verificationURL`.
    package let userCode: String
    package let verificationURL: String
    /// With the code in it; few services give one.
    package let completeURL: String?
    package let expiresIn: Duration
    package let interval: Duration

    package init(
        deviceCode: Secret,
        userCode: String,
        verificationURL: String,
        completeURL: String? = nil,
        expiresIn: Duration,
        interval: Duration = .seconds(5)
    ) {
        self.deviceCode = deviceCode
        self.userCode = userCode
        self.verificationURL = verificationURL
        self.completeURL = completeURL
        self.expiresIn = expiresIn
        self.interval = interval
    }
}

package enum DeviceGrantAnswer: Sendable, Equatable {
    case pending
    /// To be asked five seconds less often from now on.
    case slowDown
    case denied
    case expired
    case granted(IssuedTokens)
}

/// An account as the service knows it.
package struct ServiceUser: Sendable, Equatable {
    /// A ULID.
    package let id: String
    package let localpart: String
    package let isLocked: Bool
    package let isDeactivated: Bool

    package init(id: String, localpart: String, isLocked: Bool = false, isDeactivated: Bool = false) {
        self.id = id
        self.localpart = localpart
        self.isLocked = isLocked
        self.isDeactivated = isDeactivated
    }
}
