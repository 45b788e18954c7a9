import Observability

/// The ways to an account and its token, best first.
package enum AccountWay: Sendable, Equatable {
    /// A token that the operator gives.
    case token
    /// An application service's own account.
    case appservice
    /// Makes the account with the homeserver's registration secret.
    case sharedSecret
    /// Makes the account with a server admin's token.
    case adminToken
    /// Makes the account by the client API, with a registration token.
    case registrationToken
    /// Makes the account with the authentication service's admin API, and has a personal token issued.
    case serviceAdmin
    /// Makes the account and its token with the authentication service's own command.
    case serviceCommand
    /// Has a person approve the bot in a browser.
    case deviceGrant
    /// Logs in to an account that exists.
    case password
    /// Makes the account on a server where anybody may.
    case openRegistration
}

/// What there is to get an account with.
package struct AccountMeans: Sendable, Equatable {
    package var hasToken = false
    package var hasAppservice = false
    package var hasSharedSecret = false
    package var hasAdminToken = false
    package var hasRegistrationToken = false
    package var hasPassword = false
    /// Whether an earlier run began to make the account, and its password is kept.
    package var hasBegun = false
    /// Whether the operator wants the account made where anybody may make one.
    package var registersOpenly = false
    package var hasServiceAdmin = false
    package var hasServiceCommand = false
    /// Whether `mas-cli` can be run here, though nobody has asked for that.
    package var findsServiceCommand = false
    /// Whether the operator wants to approve the bot in a browser.
    package var usesDeviceGrant = false

    package init() {}

    /// Whether there is something to log in with, to an account that exists.
    var logsIn: Bool { hasPassword || usesDeviceGrant || hasServiceAdmin || hasServiceCommand || hasAppservice }
}

extension AccountWay {
    var makesAccount: Bool {
        switch self {
        case .sharedSecret, .adminToken, .registrationToken, .openRegistration, .serviceAdmin, .serviceCommand: true
        case .token, .appservice, .deviceGrant, .password: false
        }
    }

    /// Chooses among what is given, or says what is missing.
    ///
    /// A password with a way of making accounts is the new account's password; by itself it means that the account exists.
    package static func choose(
        _ means: AccountMeans,
        on server: ServerFacts,
        localpart: String,
        wantsAdmin: Bool
    ) throws(StepFailure) -> AccountWay {
        if means.hasToken { return .token }
        if means.hasAppservice { return .appservice }
        if let trouble = server.authenticationTrouble {
            throw StepFailure(
                "account",
                "\(server.baseURL) does not tell whether it leaves accounts to an authentication service (\(trouble.request)):"
                    + " \(trouble.cause)",
                cure: [
                    "see what it answers, have it mended, and run the same again; or give a token with --access-token-file:",
                    probeLine("\(server.baseURL)/_matrix/client/v1/auth_metadata"),
                ]
            )
        }
        if server.isDelegated { return try delegatedWay(means, server, localpart, wantsAdmin) }
        if means.hasServiceAdmin || means.hasServiceCommand || means.usesDeviceGrant {
            throw StepFailure(
                "account",
                "\(server.summary) keeps accounts itself: it names no authentication service that --oauth or --mas-… could ask",
                cure: "leave these flags out, or correct --homeserver",
                kind: .usage
            )
        }
        if means.hasSharedSecret {
            guard [.synapse, .dendrite, .other].contains(server.flavour) else {
                throw StepFailure(
                    "account",
                    "\(server.flavour.rawValue) has no registration by a shared secret",
                    cure: "make the account there, then give its password with --password-file"
                )
            }
            return .sharedSecret
        }
        if means.hasAdminToken, !means.hasPassword || !means.hasBegun, [.synapse, .other].contains(server.flavour) {
            return .adminToken
        }
        if means.hasRegistrationToken { return .registrationToken }
        if means.registersOpenly { return .openRegistration }
        if means.hasPassword { return try password(server, localpart, wantsAdmin) }
        throw nothingGiven(means, server, localpart, wantsAdmin)
    }

    /// Where accounts are an authentication service's; the homeserver's own ways are gone there.
    private static func delegatedWay(
        _ means: AccountMeans,
        _ server: ServerFacts,
        _ localpart: String,
        _ wantsAdmin: Bool
    ) throws(StepFailure) -> AccountWay {
        if means.hasServiceAdmin { return .serviceAdmin }
        if means.hasServiceCommand { return .serviceCommand }
        if means.usesDeviceGrant { return .deviceGrant }
        if means.hasPassword { return try password(server, localpart, wantsAdmin) }
        if means.hasSharedSecret {
            throw delegated(means, server, localpart, wantsAdmin, "the registration secret does nothing there")
        }
        if means.hasAdminToken {
            throw delegated(means, server, localpart, wantsAdmin, "Synapse makes no accounts there")
        }
        throw delegated(means, server, localpart, wantsAdmin, "it takes no registration of ours")
    }

    private static func password(
        _ server: ServerFacts,
        _ localpart: String,
        _ wantsAdmin: Bool
    ) throws(StepFailure) -> AccountWay {
        if server.isLoginUnrouted {
            throw StepFailure(
                "account",
                server.isDelegated
                    ? "the homeserver leaves accounts to \(server.issuer ?? "an authentication service"), and /login answers"
                        + " “unrecognized”: the proxy does not pass it on to that service"
                    : "the homeserver knows no /login: a proxy does not pass it on, or it has no password login",
                cure: [
                    ServiceCommands.routeCure
                        + (server.authentication?.deviceEndpoint == nil ? "" : ", or give --oauth")
                        + "; or run where that service runs:"
                ] + ServiceCommands.standard.tokenLines(localpart: localpart, asAdmin: wantsAdmin)
                    + [ServiceCommands.thenGiveToken]
            )
        }
        guard server.takesPasswords || server.loginFlows == nil else {
            throw StepFailure(
                "account",
                "the homeserver takes no passwords: it offers "
                    + printable((server.loginFlows ?? []).map(\.type).joined(separator: ", "), limit: 200),
                cure: server.isDelegated
                    ? [
                        (server.authentication?.deviceEndpoint == nil
                            ? "" : "give --oauth, to approve the bot in a browser; or ")
                            + "give an access token with --access-token-file, issued where the authentication service runs by:"
                    ] + ServiceCommands.standard.tokenLines(localpart: localpart, asAdmin: wantsAdmin)
                    : ["give an access token with --access-token-file"]
            )
        }
        return .password
    }
}
