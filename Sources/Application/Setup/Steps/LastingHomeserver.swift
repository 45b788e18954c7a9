import JSON
import MatrixCore
import Moderation
import Observability
import Protections

/// A homeserver that is asked with the bot's present token, whichever of its tokens a step holds.
struct LastingHomeserver: SetupHomeserver {
    let homeserver: any SetupHomeserver
    let session: LastingSession

    var baseURL: String { homeserver.baseURL }

    func with<Answer>(
        _ token: Secret,
        _ ask: (Secret) async throws(ServerFailure) -> Answer
    ) async throws(ServerFailure) -> Answer {
        let current = await session.current(for: token)
        do throws(ServerFailure) { return try await ask(current) } catch {
            guard error.isTokenRejected, let fresh = await session.replacement(of: current) else { throw error }
            return try await ask(fresh)
        }
    }

    func versions() async throws(ServerFailure) -> ServerVersions { try await homeserver.versions() }
    func synapseVersion() async throws(ServerFailure) -> String { try await homeserver.synapseVersion() }
    func federationSoftware() async throws(ServerFailure) -> ServerSoftware {
        try await homeserver.federationSoftware()
    }
    func loginFlows() async throws(ServerFailure) -> [LoginFlow] { try await homeserver.loginFlows() }
    func authenticationMetadata() async throws(ServerFailure) -> AuthenticationMetadata? {
        try await homeserver.authenticationMetadata()
    }
    func register(_ account: NewAccount, signedWith secret: Secret) async throws(ServerFailure) -> AccountSession {
        try await homeserver.register(account, signedWith: secret)
    }
    func register(_ account: NewAccount, registrationToken: Secret?) async throws(ServerFailure) -> AccountSession {
        try await homeserver.register(account, registrationToken: registrationToken)
    }
    func isFree(localpart: String) async throws(ServerFailure) -> Bool {
        try await homeserver.isFree(localpart: localpart)
    }
    func rehearsedSession(_ localpart: String, isAdmin: Bool) -> AccountSession? {
        homeserver.rehearsedSession(localpart, isAdmin: isAdmin)
    }
    func logIn(_ login: PasswordLogin) async throws(ServerFailure) -> AccountSession {
        try await homeserver.logIn(login)
    }
    func refresh(_ refreshToken: Secret) async throws(ServerFailure) -> IssuedTokens {
        try await homeserver.refresh(refreshToken)
    }
    /// What ends or judges a token means that one.
    func logOut(_ token: Secret) async throws(ServerFailure) { try await homeserver.logOut(token) }
    func profileExists(_ user: UserID) async throws(ServerFailure) -> Bool { try await homeserver.profileExists(user) }
}
