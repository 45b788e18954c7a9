package import Observability

/// The tokens of one session, which follow one another: whoever holds an old one is to send the present.
package protocol TokenSuccession: Sendable {
    /// What to send where a call holds `token`; another's token stays what it is.
    func current(for token: Secret) async -> Secret

    /// After `rejected` was refused; nil where it is another's, or nothing replaces it.
    func replacement(of rejected: Secret) async -> Secret?
}
