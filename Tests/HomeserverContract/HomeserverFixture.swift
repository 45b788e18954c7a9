package import MatrixCore
package import Moderation

/// A homeserver under test: one that makes accounts, as many as asked for.
package protocol HomeserverFixture: Sendable {
    /// A new account, its name beginning with `name` and its display name the localpart, as Synapse gives it.
    func makeAccount(_ name: String) async throws -> HomeserverAccount
}

package struct HomeserverAccount: Sendable {
    package let user: UserID
    package let homeserver: any Homeserver

    package init(user: UserID, homeserver: any Homeserver) {
        self.user = user
        self.homeserver = homeserver
    }
}
