import Moderation
import MatrixCore
import Observability

/// By the admin API of the authentication service: the account, and a personal token for it.
extension AccountMaker {
    func byServiceAdmin(
        _ homeserver: any SetupHomeserver,
        _ server: ServerFacts,
        _ run: inout SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> (AccountSession, String) {
        let service = try authenticationService(server, run, tools)
        let credential: Secret
        do throws(ServerFailure) { credential = try await serviceCredential(service, run, tools) } catch {
            throw trouble(error, service)
        }
        let (user, what) = try await serviceUser(service, credential, &run, tools)
        let scope = newScope(server, &run, tools)
        try run.save(tools)
        let issued: PersonalToken
        do throws(ServerFailure) {
            issued = try await service.issuePersonalToken(scope, for: user, named: "Draupnir", credential)
        } catch {
            guard case .webPage(404) = error.reason else {
                throw trouble(error, service)
            }
            // A service from before personal tokens: the password gives a compatibility token, without admin rights.
            guard !scope.isServerAdmin, server.takesPasswords, let password = try knownPassword(run, tools) else {
                throw noPersonalTokens(service.metadata, scope)
            }
            return (try await logIn(password, homeserver, server, tools, made: false).0, what)
        }
        guard !run.wishes.isDryRun else { return (try rehearsed(homeserver, scope), what) }
        let identity: Identity
        do throws(StepFailure) { identity = try await ownIdentity(issued.token, homeserver, server, tools) } catch {
            guard let session = issued.session else { throw error }
            throw await discarding(.personal(session: session), for: error, run, tools)
        }
        var session = AccountSession(user: identity.user, token: issued.token, device: identity.device ?? scope.device)
        session.personalSession = issued.session
        return (session, "\(what), with a personal token of the authentication service")
    }

    /// The service's endpoints come from the homeserver: secrets go there, so the way has to be closed too.
    func authenticationService(
        _ server: ServerFacts,
        _ run: SetupRun,
        _ tools: SetupTools
    ) throws(StepFailure) -> any AuthenticationService {
        guard let metadata = server.authentication else {
            throw StepFailure(
                step,
                "\(server.baseURL) does not tell where its authentication service is",
                cure: [
                    "see what it answers, and whether a proxy passes it on:",
                    "    curl -i \(server.baseURL)/_matrix/client/v1/auth_metadata",
                ]
            )
        }
        if let open = metadata.endpoints.first(where: isExposed), !run.wishes.allowsPlainHTTP {
            throw StepFailure(
                step,
                "the authentication service is at \(open), plain HTTP to another machine: tokens could be read on the way",
                cure:
                    "give it https:// (http.public_base in its configuration); or --allow-plain-http, if the way is safe",
                kind: .refused
            )
        }
        return tools.homeservers.authenticationService(metadata)
    }

    func trouble(
        _ failure: ServerFailure,
        _ service: any AuthenticationService,
        registersItself: Bool = false
    ) -> StepFailure {
        ServiceTrouble(failure, step, service.metadata, localpart, commands, registersItself: registersItself).explained
    }

    func rehearsed(_ homeserver: any SetupHomeserver, _ scope: TokenScope) throws(StepFailure) -> AccountSession {
        guard let session = homeserver.rehearsedSession(localpart, isAdmin: scope.isServerAdmin) else {
            throw StepFailure(step, "\(localpart) is no name for an account", cure: "choose another --localpart")
        }
        return session
    }

    /// The same device where setup is run again; it is for the caller to save it.
    func newScope(_ server: ServerFacts, _ run: inout SetupRun, _ tools: SetupTools) -> TokenScope {
        let known = run.progress.device.flatMap { TokenScope.isDevice($0) ? $0 : nil }
        let device = known ?? TokenScope.newDevice(tools.clock)
        run.progress.device = device
        return TokenScope(
            device: device,
            isServerAdmin: run.wantsAdmin,
            usesStableNames: server.versions.hasStableScopes
        )
    }

    func serviceCredential(
        _ service: any AuthenticationService,
        _ run: SetupRun,
        _ tools: SetupTools
    ) async throws(ServerFailure) -> Secret {
        if let token = secrets.serviceAdminToken { return token }
        guard let client = secrets.serviceClient else { throw ServerFailure("POST token", .incomplete("a credential")) }
        if run.wishes.isDryRun {
            tools.person.tell(
                "really asking, to look only: a token of some minutes for the client \(client.id)"
                    + " (POST \(service.metadata.tokenEndpoint ?? service.metadata.issuer))"
            )
        }
        return try await service.adminToken(client: client.id, secret: client.secret)
    }

    /// Whose the new token is: the account that was asked for, and no other.
    func ownIdentity(
        _ token: Secret,
        _ homeserver: any SetupHomeserver,
        _ server: ServerFacts,
        _ tools: SetupTools
    ) async throws(StepFailure) -> Identity {
        let identity = try await tried(token, homeserver, server, tools)
        guard equalByBytes(String(identity.user.localpart), localpart) else {
            throw StepFailure(
                step,
                "a token of \(localpart) was asked for, and the new one is of \(identity.user): it is not used",
                cure: "look into the authentication service's log at this moment"
            )
        }
        return identity
    }

    /// The account, made where it is not there.
    ///
    /// The password is kept before it is set, so that no run knows it alone. That the account is setup's own is noted only
    /// once the service has said so: an account that is found there after a lost answer may be somebody's.
    private func serviceUser(
        _ service: any AuthenticationService,
        _ credential: Secret,
        _ run: inout SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> (ServiceUser, String) {
        let known: ServiceUser?
        do throws(ServerFailure) { known = try await service.user(localpart, credential) } catch {
            throw trouble(error, service)
        }
        if let known {
            try mayUse(known, run)
            return (known, "used the account \(localpart)")
        }
        let user: ServiceUser
        do throws(ServerFailure) { user = try await service.makeUser(localpart, credential) } catch {
            throw trouble(error, service)
        }
        run.progress.made = localpart
        try run.save(tools)
        let password = secrets.password ?? Secret(generatedPassword(tools.clock))
        if !secrets.isPasswordGiven { try run.saveSecret(password, to: run.folder.password, tools) }
        do throws(ServerFailure) { try await service.setPassword(password, of: user, credential) } catch {
            // Where passwords are switched off the token does without; an answer that was lost may have been a yes.
            run.advise(
                step,
                "the account \(localpart) has no password: \(error.cause)",
                cure: withoutPassword(error)
            )
            if case .refused = error.reason, !run.wishes.isDryRun, isPasswordNew {
                try? tools.files.remove(run.folder.password)
            }
        }
        return (user, "made the account \(localpart)")
    }

    private func withoutPassword(_ failure: ServerFailure) -> [String] {
        let isWeak = failure.cause.contains("too weak")
        return [
            "the bot's token works without one; where it is lost, run setup again with --mas-client-id"
                + (isWeak
                    ? "; to have one all the same, give a longer --password-file, or run where the service runs:" : "")
        ]
            + (isWeak
                ? [ServiceCommands.line(commands.program + ["manage", "set-password", localpart, "LONGER_PASSWORD"])]
                : [])
    }

    /// An account that nobody named may be somebody's.
    private func mayUse(_ user: ServiceUser, _ run: SetupRun) throws(StepFailure) {
        guard isNamed(run) else { throw alreadyThere() }
        guard user.isDeactivated || user.isLocked else { return }
        throw StepFailure(
            step,
            "the account \(localpart) is \(user.isDeactivated ? "deactivated" : "locked")",
            cure: ["choose another --localpart, or run where the authentication service runs:"]
                + commands.unlockLines(localpart: localpart, reactivates: user.isDeactivated)
        )
    }

    /// Whether the account may be used if it is there: the operator has named it, or setup itself has made it.
    func isNamed(_ run: SetupRun) -> Bool {
        if run.wishes.localpart != nil, !run.wishes.isProposedName { return true }
        let own = [run.progress.made, run.progress.user.map { String($0.localpart) }]
        return own.contains { $0.map { equalByBytes($0, localpart) } ?? false }
    }

    func alreadyThere() -> StepFailure {
        StepFailure(
            step,
            "there is an account \(localpart) already, and setup has not made it",
            cure: ["if it is the bot's, say so: --localpart \(localpart)", "else name another with --localpart"],
            kind: .refused
        )
    }

    private func noPersonalTokens(_ metadata: AuthenticationMetadata, _ scope: TokenScope) -> StepFailure {
        StepFailure(
            step,
            "the authentication service at \(metadata.issuer) issues no personal tokens: it is older than them",
            cure: ["update it, or run where it runs:"]
                + commands.tokenLines(localpart: localpart, asAdmin: scope.isServerAdmin)
                + ["then give the token that it prints with --access-token-file"]
        )
    }
}
