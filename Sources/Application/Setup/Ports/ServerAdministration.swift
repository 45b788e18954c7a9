package import MatrixCore
package import Observability

/// What only a server admin may ask; Synapse has all of it, other servers little or nothing.
package protocol ServerAdministration: Sendable {
    /// A harmless call that needs the rights: listing one user.
    func canAdminister(_ token: Secret) async throws(ServerFailure) -> Bool

    /// `/_matrix/client/v3/admin/whois`: on Dendrite the one harmless call that tells an admin from others, where it is not
    /// asked of oneself.
    func maySeeSessions(of user: UserID, _ token: Secret) async throws(ServerFailure) -> Bool

    func account(_ user: UserID, _ token: Secret) async throws(ServerFailure) -> AccountRecord

    /// `PUT /_synapse/admin/v2/users/{id}`: makes the account, with its password.
    func makeAccount(_ user: UserID, _ account: NewAccount, _ token: Secret) async throws(ServerFailure)

    func makeAdmin(_ user: UserID, _ token: Secret) async throws(ServerFailure)

    func rateLimit(of user: UserID, _ token: Secret) async throws(ServerFailure) -> RateLimit

    /// Zero and zero: no limit applies to the account any more.
    func liftRateLimit(of user: UserID, _ token: Secret) async throws(ServerFailure)

    func experimentalFeatures(of user: UserID, _ token: Secret) async throws(ServerFailure) -> [String: Bool]

    func enableFeature(_ name: String, for user: UserID, _ token: Secret) async throws(ServerFailure)
}

extension ServerAdministration {
    /// Whether the account's token has admin rights, asked as this kind of server is asked.
    package func hasAdminRights(
        _ user: UserID,
        on flavour: ServerFacts.Flavour,
        _ token: Secret
    ) async throws(ServerFailure) -> Bool {
        // Nobody need have the name: an admin is told of no sessions then.
        guard flavour == .dendrite, let other = try? UserID(parsing: "@draupnir-asks:\(user.server)") else {
            return try await canAdminister(token)
        }
        return try await maySeeSessions(of: other, token)
    }
}

package struct AccountRecord: Sendable, Equatable {
    package var isAdmin = false
    package var isDeactivated = false
    package var isLocked = false
    package var isSuspended = false
    package var isShadowBanned = false
    package var appservice: String?

    package init() {}
}

/// An account's override of the server's rate limits.
package enum RateLimit: Sendable, Equatable {
    /// No override: the server's own limits apply.
    case usual
    /// 0 and 0, or an application service that is not limited.
    case lifted
    /// Other numbers, which change how fast events are sent and nothing else.
    case changed(perSecond: Int64, burst: Int64)
}
