import HTTPClient
import JSON
import MatrixCore
package import Moderation
import Synchronization

extension MatrixClient {
    package func identity() async throws(HomeserverError) -> Identity {
        let identity = try await answer(to: .whoami)
        account.withLock { $0 = identity }
        return identity
    }

    package func displayName() async throws(HomeserverError) -> String? {
        let profile = try await content(Endpoint(.get, ["profile", try await ownUser().rawValue, "displayname"]))
        return switch profile?["displayname"] {
        case .string(let name): name
        case nil, .null: nil
        default: throw .badAnswer("a displayname that is no text")
        }
    }

    /// Asks the server the first time only.
    func ownUser() async throws(HomeserverError) -> UserID {
        if let known = account.withLock({ $0 }) { return known.user }
        return try await identity().user
    }
}
