package import MatrixCore

/// Where homeservers are found: nothing is known yet but an address.
package protocol Homeservers: Sendable {
    /// `m.homeserver.base_url` of `https://HOST/.well-known/matrix/client`, or nil where the host has no such file.
    func clientURL(of host: String) async throws(ServerFailure) -> String?

    func authenticationService(_ metadata: AuthenticationMetadata) -> any AuthenticationService

    /// `name` is the server's own, where it is known; with `tokens` every call sends the present one.
    func homeserver(
        at baseURL: String,
        named name: ServerName?,
        following tokens: (any TokenSuccession)?
    ) -> any SetupHomeserver
}

extension Homeservers {
    package func homeserver(at baseURL: String, named name: ServerName?) -> any SetupHomeserver {
        homeserver(at: baseURL, named: name, following: nil)
    }
}

/// A homeserver as setup and doctor need it; every call is one request or two, none is repeated.
package typealias SetupHomeserver = ServerDiscovery & AccountMaking & ServerAdministration & RoomAccess
