import HTTPClient
import JSON
import MatrixCore
package import Moderation
import Synchronization

extension MatrixClient {
    package func identity() async throws(HomeserverError) -> Identity {
        let identity = try await answer(to: Endpoint(.get, ["account", "whoami"])).read("user_id") { answer in
            answer["user_id"]?.identifier(UserID.self).map { Identity(user: $0, device: answer["device_id"]?.string) }
        }
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
