import MatrixCore
import Observability

/// Asks how the bot gets its account, offering what the server can do.
struct AccountQuestions {
    /// Whether `mas-cli` is found on this machine: nothing more is needed then.
    let hasServiceCommand: Bool
    let ask: (Question) async throws(StepFailure) -> String

    func complete(_ wishes: inout SetupWishes, _ server: ServerFacts) async throws(StepFailure) {
        let isKnown =
            wishes.registrationSharedSecretFile != nil || wishes.homeserverConfig != nil
            || wishes.adminAccessTokenFile != nil || wishes.passwordFile != nil || wishes.accessTokenFile != nil
            || wishes.registrationTokenFile != nil || wishes.appserviceRegistration != nil || wishes.registersOpenly
            || wishes.hasServiceMeans
        if !isKnown { try await askForWay(&wishes, server) }
        let namesItself =
            wishes.accessTokenFile != nil || wishes.typedAccessToken != nil || wishes.appserviceRegistration != nil
        if wishes.localpart == nil, !namesItself {
            let name = server.serverName
            wishes.localpart = try await ask(
                Question("localpart", "Name of the bot's account", standard: CheckNames.standardLocalpart) { text in
                    objection(toNewLocalpart: text, on: name).map { "This cannot be: \($0)." }
                }
            )
            wishes.isProposedName = wishes.localpart == CheckNames.standardLocalpart
        }
        let canGrant =
            wishes.registrationSharedSecretFile != nil || wishes.homeserverConfig != nil
            || wishes.adminAccessTokenFile != nil
            || wishes.typedSharedSecret != nil || wishes.typedAdminToken != nil
        if !wishes.wantsServerAdmin, server.isDelegated ? wishes.hasServiceMeans : canGrant {
            let text =
                "Make the bot a server admin? It can then switch its rate limits off, deactivate users and shut rooms down"
            wishes.wantsServerAdmin = try await agrees("server-admin", text, standard: false, ask)
        }
    }

    private func askForWay(_ wishes: inout SetupWishes, _ server: ServerFacts) async throws(StepFailure) {
        let ways = Self.ways(on: server, hasServiceCommand: hasServiceCommand)
        let list = ways.enumerated().map { "  \($0.offset + 1)  \($0.element.text)" }.joined(separator: "\n")
        let answer = try await ask(
            Question("homeserver-config", "How does the bot get its account?\n\(list)\nNumber", standard: "1") {
                answer in
                Int(answer).map { (1...ways.count).contains($0) } ?? false ? nil : "A number from 1 to \(ways.count)."
            }
        )
        guard let number = Int(answer), ways.indices.contains(number - 1) else { return }
        switch ways[number - 1] {
        case .configuration:
            wishes.homeserverConfig = try await ask(
                Question("homeserver-config", "Path of homeserver.yaml or dendrite.yaml", objection: isFilled)
            )
        case .sharedSecret:
            wishes.typedSharedSecret = try await secret("registration-shared-secret-file", "Registration secret")
        case .adminToken:
            wishes.typedAdminToken = try await secret("admin-access-token-file", "Access token of a server admin")
        case .password: wishes.typedPassword = try await secret("password-file", "Password of the bot's account")
        case .deviceGrant: wishes.usesDeviceGrant = true
        case .serviceCommand:
            let question = Question(
                "mas-cli",
                "The command, as it is run here",
                standard: "mas-cli",
                objection: isFilled
            )
            wishes.serviceCommand = try await ask(question)
        case .serviceClient:
            wishes.serviceClientID = try await ask(
                Question("mas-client-id", "ID of a client that may use its admin API", objection: isFilled)
            )
            wishes.typedServiceSecret = try await secret("mas-client-secret-file", "Secret of that client")
        case .accessToken:
            wishes.typedAccessToken = try await secret("access-token-file", "Access token of the bot's account")
        }
    }

    private func secret(_ flag: String, _ text: String) async throws(StepFailure) -> Secret {
        Secret(try await ask(Question(flag, "\(text) (not shown)", isSecret: true, objection: isFilled)))
    }

    private let isFilled: @Sendable (String) -> String? = { $0.isEmpty ? "Something is needed here." : nil }

    enum Way: Sendable, Equatable {
        case configuration, sharedSecret, adminToken, password, accessToken
        case deviceGrant, serviceCommand, serviceClient

        var text: String {
            switch self {
            case .configuration: "make it; I can read the homeserver's configuration file"
            case .sharedSecret: "make it; I know the homeserver's registration secret"
            case .adminToken: "make it; I have a server admin's access token"
            case .password: "it exists; I know its password"
            case .accessToken: "it exists; I have an access token of it"
            case .deviceGrant: "I log in to it in a browser, by a code or QR code (it can be made there too)"
            case .serviceCommand: "make it; the Matrix Authentication Service's mas-cli can be run here"
            case .serviceClient: "make it; I have a client of the authentication service's admin API"
            }
        }
    }

    /// Best first.
    static func ways(on server: ServerFacts, hasServiceCommand: Bool = false) -> [Way] {
        guard !server.isDelegated else {
            let grant: [Way] = server.authentication?.deviceEndpoint == nil ? [] : [.deviceGrant]
            return (hasServiceCommand ? [.serviceCommand] + grant : grant + [.serviceCommand]) + [.serviceClient]
                + (server.takesPasswords ? [.password] : []) + [.accessToken]
        }
        switch server.flavour {
        case .synapse: return [.configuration, .sharedSecret, .adminToken, .password, .accessToken]
        case .dendrite: return [.configuration, .sharedSecret, .password, .accessToken]
        case .conduit, .other: return [.password, .accessToken]
        }
    }

    init(
        hasServiceCommand: Bool = false,
        ask: @escaping (Question) async throws(StepFailure) -> String
    ) {
        self.hasServiceCommand = hasServiceCommand
        self.ask = ask
    }
}
