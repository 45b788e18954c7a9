import MatrixCore
import Moderation
import Observability

extension DoctorFacts {
    /// TOK: the access token.
    var tokenChecks: [CheckResult] {
        [valid, kind, knownToService, deviceName, otherProcesses] + files + [refresh, expiry]
    }

    private var place: String {
        settings.pantalaimon.isUsed ? "pantalaimon.username" : accessTokenFile ?? "accessToken"
    }
    private var tokenKind: TokenKind { token.map { TokenKind($0) } ?? .placeholder }

    private var isRenewable: Bool { credential?.renewal != nil }

    /// By the best way that the server has for it.
    var logInLines: [String] {
        let localpart = (user ?? credential?.user).map { String($0.localpart) } ?? "draupnir"
        let isDelegated = server?.isDelegated ?? false
        let folder = SetupFolder(of: configurationPath)
        let command = "    draupnir login --homeserver \(baseURL) --directory \(folder.path)"
        if server?.authentication?.deviceEndpoint != nil { return ["\(command) --oauth"] }
        if isDelegated, server?.isLoginUnrouted ?? false || !(server?.takesPasswords ?? false) {
            return ServiceCommands.standard.tokenLines(localpart: localpart, asAdmin: isAdmin ?? false)
                + ["with the token that it prints in FILE:", "\(command) --access-token-file FILE"]
        }
        return ["\(command) --localpart \(localpart) --password-file \(hasPasswordFile ? folder.password : "FILE")"]
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
                + ServiceCommands.standard.unlockLines(localpart: "LOCALPART", reactivates: false)
        )
    }

    private var deviceName: CheckResult {
        guard let id = identity?.device, let device = devices?.first(where: { $0.id == id }) else {
            return .ok("TOK-4", identity?.device ?? place, "the device's name could not be told")
        }
        let name = device.name ?? ""
        let isTelling = ["draupnir", "mjolnir", "bot"].contains { name.lowercased().contains($0) }
        guard !isTelling else { return .ok("TOK-4", id, "the device is called “\(printable(name, limit: 100))”") }
        return .warn(
            "TOK-4",
            id,
            "the token's device is called “\(printable(name, limit: 100))”: whoever tidies up the account's sessions may log it out",
            cure: ["log in for the bot alone:"] + logInLines
        )
    }

    /// Ten minutes is a guess at what is still in use.
    private var otherProcesses: CheckResult {
        let others = (devices ?? []).filter { device in
            device.id != identity?.device
                && device.lastSeenMilliseconds.map { nowMilliseconds - $0 < 600_000 } ?? false
        }
        guard let other = others.first else {
            return .ok("TOK-5", place, "no other device of the account was active lately")
        }
        return .warn(
            "TOK-5",
            other.id,
            "another device of the account, “\(printable(other.name ?? "without a name", limit: 100))”, was active in the last ten minutes: an old bot may run,"
                + " or this one runs on with the token from before its file was changed",
            cure: ["restart the bot, so that it takes the token of the file; stop any other program with this account"]
        )
    }

    private var files: [CheckResult] {
        var results: [CheckResult] = sharedFiles.map { path in
            .fail(
                "TOK-6",
                path,
                "other accounts of this machine can read this file",
                cure: ["    chmod 600 \(path)"],
                fix: .closeFile(path)
            )
        }
        let isExpected = token != nil || !settings.pantalaimon.isUsed
        if isExpected, tokenKind == .malformed || tokenKind == .placeholder {
            results.append(
                .fail("TOK-6", place, "it is \(tokenKind.name)", cure: ["put the token alone into the first line"])
            )
        }
        return results.isEmpty ? [.ok("TOK-6", place, "the secret is whole and closed to others")] : results
    }

    private var refresh: CheckResult {
        if tokenKind == .refresh {
            return .fail(
                "TOK-7",
                place,
                "a refresh token is no access token",
                cure: ["give the access token, or log in anew"]
            )
        }
        if let sessionFailure {
            return .fail(
                "TOK-7",
                sessionFailure.path,
                sessionFailure.problem,
                cure: ["let the bot's account read it; or, where it is lost, log in anew and take it away:"]
                    + logInLines
            )
        }
        switch credential?.renewal {
        case nil: return .ok("TOK-7", place, "nothing has to be renewed")
        case .matrix? where server?.isLoginUnrouted ?? false:
            return .fail(
                "TOK-7",
                place,
                "the token has to be renewed, and the homeserver's proxy does not pass /refresh on to the authentication service",
                cure: [ServiceCommands.routeCure]
            )
        case .matrix?, .oauth?:
            guard isStorageWritable else {
                return .fail(
                    "TOK-7",
                    settings.dataPath,
                    "renewed tokens cannot be kept there: after a restart the bot would be logged out",
                    cure: ["make the directory writable for the bot's account"]
                )
            }
            return .ok("TOK-7", place, "is renewed at half of its life; the new pair is kept before the old is dropped")
        }
    }

    private var expiry: CheckResult {
        if let life = credential?.life { return ending(life) }
        switch tokenKind {
        case .synapse, .compatibility: return .ok("TOK-8", place, "does not expire by itself")
        case .personal:
            return .warn(
                "TOK-8",
                place,
                "a personal token ends when whoever issued it chose; one that setup had issued does not end by itself",
                cure: ["if others issued it, note the day, and have a new one issued before"]
            )
        case .shortLived:
            return .fail("TOK-8", place, "it dies within minutes", cure: ["log in for good:"] + logInLines)
        case .refresh, .placeholder, .malformed, .unknown: return .ok("TOK-8", place, "nothing is known of an end")
        }
    }

    private func ending(_ life: TokenLife) -> CheckResult {
        let seconds = (life.end - nowMilliseconds) / 1_000
        let rest = seconds < 0 ? "ended \(-seconds) s ago" : "ends in \(seconds) s"
        guard nowMilliseconds >= life.warningDue else { return .ok("TOK-8", place, rest) }
        if isRenewable {
            return .warn(
                "TOK-8",
                place,
                "it \(rest) and was not renewed",
                cure: [
                    "nothing, where the bot is not running; else look into its log, and at the authentication service"
                ]
            )
        }
        return .fail("TOK-8", place, "it \(rest), and cannot be renewed", cure: ["log in anew:"] + logInLines)
    }
}
