package import MatrixCore
package import Moderation
package import Observability

extension SessionKeeper {
    /// A token that nothing replaces.
    package static func fixed(_ token: Secret) -> SessionKeeper {
        SessionKeeper(
            Credential(token: token),
            from: SessionOrigin(of: token),
            issuer: NoTokens(),
            store: NoSession(),
            time: StandingTime()
        )
    }
}

private struct NoTokens: TokenIssuing {
    func renewed(_ credential: Credential, by renewal: Credential.Renewal) async throws(TokenFailure) -> Credential {
        throw .refused("")
    }
    func logIn(_ login: PasswordLogin) async throws(TokenFailure) -> Credential { throw .refused("") }
}

private struct NoSession: SessionStoring {
    func load() -> SavedSession? { nil }
    func save(_ session: SavedSession) throws(SessionProblem) {}
    func password() -> Secret? { nil }
}

/// A clock that stands still, for what waits for nothing.
package struct StandingTime: TimeSource {
    package init() {}
    package func now() -> Moment { Moment(monotonic: .zero, wallMilliseconds: 0) }
    package func sleep(until deadline: Duration) async throws {}
}
