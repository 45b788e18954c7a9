import HTTPClient
package import JSON
package import MatrixCore
package import Moderation

extension MatrixClient {
    package func accountData(_ type: EventType) async throws(HomeserverError) -> JSONValue? {
        try await content(Endpoint(.get, Endpoint.path(ofAccountData: type, of: try await ownUser())))
    }

    /// The answer's object, or nil where the homeserver itself says that there is none.
    func content(_ endpoint: Endpoint) async throws(HomeserverError) -> JSONValue? {
        do throws(HomeserverError) {
            let value = try await answer(to: endpoint).value()
            guard case .object = value else { throw .badAnswer("a content that is no JSON object") }
            return value
        } catch {
            if case .refused(404, "M_NOT_FOUND", _) = error { return nil }
            throw error
        }
    }
}
