import MatrixCore
import Observability
import Synchronization

/// A run that changes nothing: what it would ask is announced, and answered as a fresh account would be.
package final class Rehearsal: Sendable {
    private let announce: @Sendable (String) -> Void
    /// The account that would have been made.
    private let state = Mutex<(user: UserID?, isAdmin: Bool, requests: [String])>((nil, false, []))

    /// `announce` gets every request that would change something, a line each, without secrets.
    package init(announce: @escaping @Sendable (String) -> Void) { self.announce = announce }

    package var requests: [String] { state.withLock(\.requests) }

    /// Stands for the token of an account that was not made.
    static let token = Secret("syt_of_the_new_account")

    var user: UserID? { state.withLock(\.user) }
    var isAdmin: Bool { state.withLock(\.isAdmin) }

    func make(_ user: UserID, isAdmin: Bool) { state.withLock { ($0.user, $0.isAdmin) = (user, isAdmin) } }
    func makeAdmin() { state.withLock { $0.isAdmin = true } }

    func note(_ request: String) {
        state.withLock { $0.requests.append(request) }
        announce(request)
    }
}
