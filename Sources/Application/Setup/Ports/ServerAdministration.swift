package import MatrixCore
package import Observability

/// What only a server admin may ask; Synapse has all of it, other servers little or nothing.
package protocol ServerAdministration: Sendable {
    /// A harmless call that needs the rights: listing one user.
    func canAdminister(_ token: Secret) async throws(ServerFailure) -> Bool

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
