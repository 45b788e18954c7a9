import MatrixCore
import Moderation
import Observability

extension DoctorFacts {
    /// TOK: the access token.
    var tokenChecks: [CheckResult] {
        [valid, kind, knownToService, deviceName, otherProcesses] + secretFileChecks + [refresh, expiry]
    }

    var place: String { tokenPlace.name }
    var tokenKind: TokenKind { token.map { TokenKind($0) } ?? .placeholder }

    var isRenewable: Bool { credential?.renewal != nil }

    /// Known of a dead token too, where setup or the bot has kept it.
    private var knownLocalpart: String? { (user ?? credential?.user).map { String($0.localpart) } }

    /// By the best way that the server has for it.
    var logInLines: [String] {
        let localpart = knownLocalpart ?? "draupnir"
        let isDelegated = server?.isDelegated ?? false
        let folder = SetupFolder(of: configurationPath)
        let command =
            "    draupnir login --homeserver \(shellWord(baseURL)) --directory \(shellWord(folder.path))"
        if server?.authentication?.deviceEndpoint != nil { return ["\(command) --oauth"] }
        if isDelegated, server?.isLoginUnrouted ?? false || !(server?.takesPasswords ?? false) {
            return ServiceCommands.standard.tokenLines(localpart: localpart, asAdmin: isAdmin ?? false)
                + ["with the token that it prints in FILE:", "\(command) --access-token-file FILE"]
        }
        let password = passwordFile.map { shellWord($0) } ?? "FILE"
        return ["\(command) --localpart \(shellWord(localpart)) --password-file \(password)"]
    }

    private var valid: CheckResult {
        if let identity { return .ok("TOK-1", place, "belongs to \(identity.user)") }
        if settings.pantalaimon.isUsed, token == nil || identityFailure?.isTokenRejected ?? false {
            return .warn(
                "TOK-1",
                place,
                token == nil ? "the bot has not logged in through Pantalaimon yet" : "the token of its login has died",
                cure: ["nothing: it logs in with the configured password when it starts"]
            )
        }
        if isRenewable, identityFailure?.isTokenRejected ?? false {
            return .fail(
                "TOK-1",
                place,
                "the access token has ended, or was revoked; only the bot renews it",
                cure: ["start the bot; if it ends with code 77, log in anew:"] + logInLines
            )
        }
        guard let failure = identityFailure, !failure.isTokenRejected else {
            return .fail(
                "TOK-1",
                place,
                "the homeserver does not know the access token: it is mistyped, or was revoked by a logout"
                    + (server?.isDelegated ?? false ? ", has ended, or its account is locked" : ""),
                cure: ["log in anew:"] + logInLines
            )
        }
        return .fail("TOK-1", place, "the token could not be tried: \(failure.cause)", cure: failure.cure(at: baseURL))
    }

    private var kind: CheckResult {
        if settings.pantalaimon.isUsed, token == nil {
            return .ok("TOK-2", place, "there is none before the first login")
        }
        let localpart = user.map { String($0.localpart) } ?? "draupnir"
        if !isRenewable, let objection = tokenKind.objection(localpart: localpart) {
            return .fail("TOK-2", place, objection.cause, cure: objection.cure)
        }
        if tokenKind == .unknown, server?.isDelegated ?? false {
            return .warn(
                "TOK-2",
                place,
                "it is \(tokenKind.name)",
                cure: ["run doctor again tomorrow: a token that dies shows then"]
            )
        }
        return .ok("TOK-2", place, tokenKind.name(isRenewable: isRenewable))
    }

    private var knownToService: CheckResult {
        guard server?.isDelegated ?? false else { return .ok("TOK-3", place, "the homeserver makes tokens itself") }
        guard identity == nil, !isRenewable, identityFailure?.isTokenRejected ?? false else {
            return .ok("TOK-3", place, "the authentication service's token is known to the homeserver")
        }
        return .fail(
            "TOK-3",
            place,
            "the homeserver does not know the token; a device that mas-cli made is unknown to it at first",
            cure: [
                "    mas-cli manage provision-all-users",
                "then wait two minutes: Synapse remembers that long that it did not know the token; if its account is locked:",
            ]
                + ServiceCommands.standard.unlockLines(
                    localpart: knownLocalpart ?? "LOCALPART",
                    reactivates: false
                )
        )
    }
}
