package import MatrixCore
package import Moderation
package import Observability

/// How accounts come to be, and how one proves to be theirs.
package protocol AccountMaking: Sendable {
    /// `/_synapse/admin/v1/register`: a nonce, then a request signed with the shared secret.
    func register(_ account: NewAccount, signedWith secret: Secret) async throws(ServerFailure) -> AccountSession

    /// `/register` of the client API, by one stage only: a registration token, or none (`m.login.dummy`).
    func register(_ account: NewAccount, registrationToken: Secret?) async throws(ServerFailure) -> AccountSession

    /// What a new account would bring, in a run that changes nothing.
    func rehearsedSession(_ localpart: String, isAdmin: Bool) -> AccountSession?

    func logIn(_ login: PasswordLogin) async throws(ServerFailure) -> AccountSession

    /// `/v3/refresh`: the refresh token is good until one of the new tokens is used.
    func refresh(_ refreshToken: Secret) async throws(ServerFailure) -> IssuedTokens

    /// `/v3/logout`: ends the token and its device.
    func logOut(_ token: Secret) async throws(ServerFailure)

    func identity(_ token: Secret) async throws(ServerFailure) -> Identity

    func profileExists(_ user: UserID) async throws(ServerFailure) -> Bool

    func devices(_ token: Secret) async throws(ServerFailure) -> [AccountDevice]

    /// The account's devices that have uploaded encryption keys.
    func devicesWithKeys(of user: UserID, _ token: Secret) async throws(ServerFailure) -> Set<String>
}

package struct NewAccount: Sendable, Equatable {
    package var localpart: String
    package var password: Secret
    package var isAdmin: Bool
    package var deviceName: String

    package init(localpart: String, password: Secret, isAdmin: Bool, deviceName: String) {
        self.localpart = localpart
        self.password = password
        self.isAdmin = isAdmin
        self.deviceName = deviceName
    }
}

/// What a login or a registration gives.
package struct AccountSession: Sendable, Equatable {
    package var user: UserID
    package var token: Secret
    package var device: String?
    /// As the server says it; nil where the token does not expire by itself.
    package var expiresIn: Duration?
    /// `expiresIn` from when the token was asked for; nil also as long as nobody has said when that was.
    package var life: TokenLife?
    package var renewal: Credential.Renewal?
    /// The authentication service's name for a personal token, which nothing else ends.
    package var personalSession: String?

    package init(
        user: UserID,
        token: Secret,
        device: String? = nil,
        expiresIn: Duration? = nil,
        renewal: Credential.Renewal? = nil
    ) {
        self.user = user
        self.token = token
        self.device = device
        self.expiresIn = expiresIn
        self.renewal = renewal
    }

    /// What is kept of it.
    package var credential: Credential {
        Credential(token: token, user: user, device: device, life: life, renewal: renewal)
    }

    /// With its life, from the time before it was asked for: the answer may have been long on its way.
    ///
    /// Who has said that before knew it better.
    package func dated(_ asked: Int64) -> AccountSession {
        var session = self
        session.life = life ?? expiresIn.map { TokenLife(issued: asked, lasting: $0) }
        return session
    }
}

package struct AccountDevice: Sendable, Equatable {
    package var id: String
    package var name: String?
    package var lastSeenMilliseconds: Int64?

    package init(id: String, name: String? = nil, lastSeenMilliseconds: Int64? = nil) {
        self.id = id
        self.name = name
        self.lastSeenMilliseconds = lastSeenMilliseconds
    }
}
