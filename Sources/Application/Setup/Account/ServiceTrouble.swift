import Observability

/// What an authentication service's refusal means to the operator.
struct ServiceTrouble {
    private let failure: ServerFailure
    private let step: String
    private let metadata: AuthenticationMetadata
    private let localpart: String
    private let commands: ServiceCommands
    /// Whether the client is one that was registered just now, and none of the operator's.
    private let registersItself: Bool

    init(
        _ failure: ServerFailure,
        _ step: String,
        _ metadata: AuthenticationMetadata,
        _ localpart: String,
        _ commands: ServiceCommands,
        registersItself: Bool = false
    ) {
        self.registersItself = registersItself
        self.failure = failure
        self.step = step
        self.metadata = metadata
        self.localpart = localpart
        self.commands = commands
    }

    var explained: StepFailure {
        switch failure.reason {
        case .webPage(404) where failure.request.contains(metadata.adminAPI):
            ending(
                "it serves no admin API at \(metadata.adminAPI)",
                "add “- name: adminapi” to the resources of a listener in its configuration and restart it, or give --mas-cli"
            )
        case .refused(_, "invalid_client", _) where registersItself,
            .refused(_, "invalid_scope", _) where registersItself:
            ending(
                "it refuses the bot's request (\(failure.cause))",
                "run the same again; where it comes back, its policy allows the bot no grant: give --mas-cli or --mas-client-id"
            )
        case .refused(_, "invalid_client_metadata", _), .refused(_, "invalid_redirect_uri", _):
            ending(
                "its policy lets the bot not register itself as a client (\(failure.cause))",
                "have the policy allow it, or give --mas-cli, --mas-client-id or --password-file"
            )
        case .refused(_, "invalid_client", _):
            ending(
                "it refuses the client of --mas-client-id: the ID or the secret is wrong",
                "give both as they stand under “clients” in its configuration; after a change there, restart it"
            )
        case .refused(_, "invalid_scope", _):
            ending(
                "the client of --mas-client-id may not use the admin API",
                "add its ID to policy.data.admin_clients in the service's configuration, and restart it"
            )
        case .refused(_, "invalid_grant", _):
            ending("it does not know the code any more", "run the same again: a new code will be shown")
        case .refused(_, "unauthorized_client", _), .refused(_, "unsupported_grant_type", _):
            grantIsOff
        case .refused(_, "invalid_request", let text) where text.contains("Device Authorization Grant is disabled"):
            grantIsOff
        case .refused(400, _, let title) where title.contains("Missing authorization header"):
            ending(
                "the Authorization header of our request did not arrive: a proxy in front of it strips that",
                "have the proxy pass the header on to the service, or give the service's own way: --mas-cli"
            )
        case .refused(422, _, _) where isAdminCall:
            ending(
                "its admin API does not understand our request, so its version and this program's do not fit"
                    + " (\(failure.cause))",
                "update the one that is older; take --mas-cli meanwhile"
            )
        case .refused(let status, _, let title) where [401, 403].contains(status) && isAdminCall:
            ending(
                "its admin API refuses the token: \(printable(title, limit: 200))",
                "give a token with the scope \(TokenScope.serviceAdmin) (a personal token mpt_ or an OAuth token mat_, not one of"
                    + " mas-cli's), or --mas-client-id and --mas-client-secret-file"
            )
        case .refused(409, _, let title) where title.contains("reserved"):
            ending(
                "the homeserver keeps the name \(localpart) for an application service",
                "choose another --localpart, or run the bot as that service (--appservice-registration)"
            )
        case .refused(409, _, _):
            ending(
                "there is an account \(localpart) already",
                "if it is the bot's, run the same again; else choose another --localpart"
            )
        case .refused(400, _, let title) where title.contains("Username"):
            ending("it takes no account of the name \(localpart) (\(printable(title)))", "choose another --localpart")
        case .refused(410, _, _):
            StepFailure(
                step,
                "the authentication service at \(metadata.issuer): the account \(localpart) is deactivated",
                cure: ["choose another --localpart, or run where the authentication service runs:"]
                    + commands.unlockLines(localpart: localpart, reactivates: true)
            )
        case .trouble(_, let text) where text.contains("Synapse"):
            ending(
                "it cannot work with the homeserver (\(printable(text, limit: 300)))",
                [
                    "see that Synapse runs and that both have the same secret; run where the authentication service runs:",
                    ServiceCommands.line(commands.doctor),
                ]
            )
        case .trouble(_, let text) where text.contains("deserialize"):
            ending(
                "it cannot read our request (\(failure.request): \(failure.cause))",
                "look into its log at this moment, and update the one that is older; take --mas-cli meanwhile"
            )
        case .trouble(_, let text) where !text.isEmpty:
            ending(
                "it answered, and failed (\(failure.request): \(failure.cause))",
                "look into its log at this moment, then run the same again; or take --mas-cli"
            )
        case .refused(404, _, _) where isAdminCall:
            ending(
                "it does not know that function of its admin API (\(failure.cause))",
                "update the service; or give --mas-cli"
            )
        case .refused:
            StepFailure(
                step,
                "the authentication service at \(metadata.issuer) (\(failure.request)): \(failure.cause)",
                cure: "see its policy and its log at this moment; or take another way: --mas-cli, --mas-client-id or"
                    + " --password-file"
            )
        case .limited: ending(failure.cause, "wait as long, then run the same again; what is done stays done")
        default:
            StepFailure(
                step,
                "the authentication service at \(metadata.issuer) (\(failure.request)): \(failure.cause)",
                cure: [
                    "see that it runs and can be reached from here, then run the same again; what is done stays done:",
                    probeLine(
                        metadata.issuer + (metadata.issuer.hasSuffix("/") ? "" : "/")
                            + ".well-known/openid-configuration"
                    ),
                ]
            )
        }
    }

    private var grantIsOff: StepFailure {
        ending(
            "the device authorization grant is switched off there (\(failure.cause))",
            "have it switched on in its configuration, or give --mas-cli, --mas-client-id or --password-file"
        )
    }

    private var isAdminCall: Bool { failure.request.contains(metadata.adminAPI) }

    private func ending(_ cause: String, _ cure: String) -> StepFailure { ending(cause, [cure]) }

    private func ending(_ cause: String, _ cure: [String]) -> StepFailure {
        StepFailure(step, "the authentication service at \(metadata.issuer): \(cause)", cure: cure)
    }
}
