import MatrixCore

extension DoctorFacts {
    /// TOK: the access token.
    var tokenChecks: [CheckResult] {
        [valid, kind, knownToService, deviceName, otherProcesses] + files + [refresh, expiry]
    }

    private var place: String { accessTokenFile ?? "accessToken" }
    private var tokenKind: TokenKind { token.map { TokenKind($0) } ?? .placeholder }

    private var valid: CheckResult {
        if let identity { return .ok("TOK-1", place, "belongs to \(identity.user)") }
        guard let failure = identityFailure, !failure.isTokenRejected else {
            return .fail(
                "TOK-1",
                place,
                "the homeserver does not know the access token: it is mistyped, or was revoked by a logout",
                cure: ["    draupnir login --homeserver \(baseURL) --localpart draupnir --password-file FILE"]
            )
        }
        return .fail("TOK-1", place, "the token could not be tried: \(failure.cause)", cure: failure.cure(at: baseURL))
    }

    private var kind: CheckResult {
        let localpart = user.map { String($0.localpart) } ?? "draupnir"
        if let objection = tokenKind.objection(localpart: localpart) {
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
        return .ok("TOK-2", place, tokenKind.name)
    }

    private var knownToService: CheckResult {
        guard server?.isDelegated ?? false else { return .ok("TOK-3", place, "the homeserver makes tokens itself") }
        guard identity == nil, identityFailure?.isTokenRejected ?? false else {
            return .ok("TOK-3", place, "the authentication service's token is known to the homeserver")
        }
        return .fail(
            "TOK-3",
            place,
            "the homeserver does not know the token; a device that mas-cli made is unknown to it at first",
            cure: ["    mas-cli manage provision-all-users"]
        )
    }

    private var deviceName: CheckResult {
        guard let id = identity?.device, let device = devices?.first(where: { $0.id == id }) else {
            return .ok("TOK-4", identity?.device ?? place, "the device's name could not be told")
        }
        let name = device.name ?? ""
        let isTelling = ["draupnir", "mjolnir", "bot"].contains { name.lowercased().contains($0) }
        guard !isTelling else { return .ok("TOK-4", id, "the device is called “\(name)”") }
        return .warn(
            "TOK-4",
            id,
            "the token's device is called “\(name)”: whoever tidies up the account's sessions may log it out",
            cure: [
                "log in for the bot alone:",
                "    draupnir login --homeserver \(baseURL) --localpart \(user.map { String($0.localpart) } ?? "draupnir") --password-file FILE",
            ]
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
            "another device of the account, “\(other.name ?? "without a name")”, was active in the last ten minutes: an old bot may run",
            cure: ["stop the other program, or log that device out"]
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
        if tokenKind == .malformed || tokenKind == .placeholder {
            results.append(
                .fail("TOK-6", place, "it is \(tokenKind.name)", cure: ["put the token alone into the first line"])
            )
        }
        return results.isEmpty ? [.ok("TOK-6", place, "the secret is whole and closed to others")] : results
    }

    private var refresh: CheckResult {
        tokenKind == .refresh
            ? .fail(
                "TOK-7",
                place,
                "a refresh token is no access token",
                cure: ["give the access token, or log in anew"]
            )
            : .ok("TOK-7", place, "nothing has to be refreshed")
    }

    private var expiry: CheckResult {
        switch tokenKind {
        case .synapse, .compatibility: return .ok("TOK-8", place, "does not expire by itself")
        case .personal:
            return .warn(
                "TOK-8",
                place,
                "a personal token ends when whoever issued it chose",
                cure: ["note the day, and have a new one issued before"]
            )
        case .shortLived:
            return .fail("TOK-8", place, "it dies within minutes", cure: ["log in with the password: draupnir login"])
        case .refresh, .placeholder, .malformed, .unknown: return .ok("TOK-8", place, "nothing is known of an end")
        }
    }
}
