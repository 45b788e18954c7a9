package import MatrixCore

/// What was found out about the homeserver.
package struct ServerFacts: Sendable, Equatable {
    package enum Flavour: String, Sendable {
        case synapse = "Synapse"
        case dendrite = "Dendrite"
        /// Conduit and what came of it: conduwuit, Continuwuity, Tuwunel.
        case conduit = "the Conduit family"
        case other = "another homeserver"
    }

    package var baseURL: String
    /// Nil while only a URL is known.
    package var serverName: ServerName?
    package var flavour: Flavour
    /// Of the software, where it was told.
    package var version: String?
    package var versions: ServerVersions
    /// Nil where the login endpoint does not answer.
    package var loginFlows: [LoginFlow]?
    /// Whether `/login` is unknown there: under an authentication service, a proxy that forgets to route it.
    package var isLoginUnrouted: Bool
    /// Who the server leaves authentication to.
    package var authentication: AuthenticationMetadata?
    /// Why the server did not tell whether it leaves authentication to anybody.
    package var authenticationTrouble: ServerFailure?
    /// Why Synapse's admin API does not answer at this address.
    package var adminAPITrouble: ServerFailure?

    package init(
        baseURL: String,
        serverName: ServerName? = nil,
        flavour: Flavour = .other,
        version: String? = nil,
        versions: ServerVersions = ServerVersions(versions: []),
        loginFlows: [LoginFlow]? = nil,
        isLoginUnrouted: Bool = false,
        authentication: AuthenticationMetadata? = nil,
        authenticationTrouble: ServerFailure? = nil,
        adminAPITrouble: ServerFailure? = nil
    ) {
        self.baseURL = baseURL
        self.serverName = serverName
        self.flavour = flavour
        self.version = version
        self.versions = versions
        self.loginFlows = loginFlows
        self.isLoginUnrouted = isLoginUnrouted
        self.authentication = authentication
        self.authenticationTrouble = authenticationTrouble
        self.adminAPITrouble = adminAPITrouble
    }

    package var isDelegated: Bool { authentication != nil || loginFlows?.contains(where: \.isDelegated) ?? false }

    package var issuer: String? { authentication?.issuer }

    package var takesPasswords: Bool { loginFlows?.contains { $0.type == LoginFlow.password } ?? false }

    /// The flags with which setup itself makes an account there.
    var flagsThatMakeAccounts: String {
        flavour == .dendrite
            ? "--homeserver-config or --registration-shared-secret-file"
            : "--homeserver-config or --admin-access-token-file"
    }

    /// As one phrase.
    package var summary: String {
        var text = flavour.rawValue
        if let version { text += " \(version)" }
        text += " at \(baseURL)"
        if isDelegated { text += ", accounts at \(issuer ?? "an authentication service")" }
        return text
    }

    /// By what the software calls itself.
    package static func flavour(of name: String) -> Flavour {
        let name = name.lowercased()
        if name.contains("synapse") { return .synapse }
        if name.contains("dendrite") { return .dendrite }
        let family = ["conduit", "conduwuit", "continuwuity", "tuwunel", "grapevine"]
        return family.contains { name.contains($0) } ? .conduit : .other
    }
}
