package import Observability

/// Where a new token comes from when the old one ends.
package protocol TokenIssuing: Sendable {
    /// By a refresh token, which stays good until one of the new tokens is used: asking again after a lost answer is safe.
    func renewed(_ credential: Credential, by renewal: Credential.Renewal) async throws(TokenFailure) -> Credential

    /// A login of a device ends the token that it had.
    func logIn(_ login: PasswordLogin) async throws(TokenFailure) -> Credential
}

/// Keeps the session over restarts.
package protocol SessionStoring: Sendable {
    /// Nil where there is none.
    func load() throws(SessionProblem) -> SavedSession?

    /// Whole and on the disk when it returns.
    func save(_ session: SavedSession) throws(SessionProblem)

    /// The account's password, where it is at hand.
    func password() -> Secret?
}

package struct SessionProblem: Error, Equatable {
    /// Path and reason.
    package let text: String

    package init(_ text: String) { self.text = text }
}

/// Why there is no new token; the texts are for moderators: no tokens, no URLs.
package enum TokenFailure: Error, Sendable, Equatable {
    /// Asking again brings the same.
    case refused(String)
    /// Nobody said no: it can be tried again.
    case unavailable(String)

    package var text: String {
        switch self {
        case .refused(let text), .unavailable(let text): text
        }
    }
}
