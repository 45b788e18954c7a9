/// Where an authentication service does what.
///
/// - Source: Matrix spec, Client-Server API, "Server metadata discovery"; RFC 8414, section 2; RFC 8628, section 4.
package struct AuthenticationMetadata: Sendable, Equatable {
    package var issuer: String
    package var tokenEndpoint: String?
    package var registrationEndpoint: String?
    package var revocationEndpoint: String?
    /// Nil where the device authorization grant is switched off.
    package var deviceEndpoint: String?

    package init(
        issuer: String,
        tokenEndpoint: String? = nil,
        registrationEndpoint: String? = nil,
        revocationEndpoint: String? = nil,
        deviceEndpoint: String? = nil
    ) {
        self.issuer = issuer
        self.tokenEndpoint = tokenEndpoint
        self.registrationEndpoint = registrationEndpoint
        self.revocationEndpoint = revocationEndpoint
        self.deviceEndpoint = deviceEndpoint
    }

    /// Whether secrets may be sent there and a person be shown it; the issuer stands in lines for a shell.
    package var isSound: Bool {
        endpoints.allSatisfy(isWebAddress) && !issuer.utf8.contains(where: meansMoreToAShell)
    }

    package var endpoints: [String] {
        [issuer] + [tokenEndpoint, registrationEndpoint, revocationEndpoint, deviceEndpoint].compactMap(\.self)
    }

    /// Of the Matrix Authentication Service's admin API, which it serves below its own address.
    package var adminAPI: String { issuer + (issuer.hasSuffix("/") ? "" : "/") + "api/admin/v1" }
}
