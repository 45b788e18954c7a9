/// What a homeserver tells to anybody.
package protocol ServerDiscovery: Sendable {
    /// Without a slash at its end.
    var baseURL: String { get }

    func versions() async throws(ServerFailure) -> ServerVersions

    /// Synapse's admin API tells its version without a token.
    func synapseVersion() async throws(ServerFailure) -> String

    /// Name and version of the software; only where the federation API is served at this address.
    func federationSoftware() async throws(ServerFailure) -> ServerSoftware

    func loginFlows() async throws(ServerFailure) -> [LoginFlow]

    /// Who authentication is left to, by the stable name or the unstable one; nil where the server does it itself.
    func authenticationMetadata() async throws(ServerFailure) -> AuthenticationMetadata?
}

package struct ServerVersions: Sendable, Equatable {
    package var versions: [String]
    /// The server's clock minus ours, from the `Date` header, to the second.
    package var clockSkew: Duration?
    package var latency: Duration
    /// The `Server` header, which is often the proxy's.
    package var serverHeader: String?

    package init(
        versions: [String],
        clockSkew: Duration? = nil,
        latency: Duration = .zero,
        serverHeader: String? = nil
    ) {
        self.versions = versions
        self.clockSkew = clockSkew
        self.latency = latency
        self.serverHeader = serverHeader
    }
}

package struct ServerSoftware: Sendable, Equatable {
    package let name: String
    package let version: String

    package init(name: String, version: String) {
        self.name = name
        self.version = version
    }
}

package struct LoginFlow: Sendable, Equatable {
    package let type: String
    /// MSC3824: single sign-on stands for an authentication service.
    package let isDelegated: Bool

    package init(_ type: String, isDelegated: Bool = false) {
        self.type = type
        self.isDelegated = isDelegated
    }

    package static let password = "m.login.password"
}
