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
        do throws(ServerFailure) { credential = try await serviceCredential(service) } catch {
            throw ServiceTrouble(error, step, service.metadata, localpart).explained
        }
        let (user, what) = try await serviceUser(service, credential, &run, tools)
        let scope = try newScope(server, &run, tools)
        let token: Secret
        do throws(ServerFailure) {
            token = try await service.issuePersonalToken(scope, for: user, named: "Draupnir", credential)
        } catch {
            guard case .webPage(404) = error.reason else {
                throw ServiceTrouble(error, step, service.metadata, localpart).explained
            }
            // A service from before personal tokens: the password gives a compatibility token, without admin rights.
            guard !scope.isServerAdmin, server.takesPasswords, let password = try knownPassword(run, tools) else {
                throw noPersonalTokens(service.metadata, scope)
            }
            return (try await logIn(password, homeserver, server, made: false).0, what)
        }
        guard !run.wishes.isDryRun else { return (try rehearsed(homeserver, scope), what) }
        let identity = try await tried(token, homeserver, server, tools)
        return (
            AccountSession(user: identity.user, token: token, device: identity.device ?? scope.device),
            "\(what), with a personal token of the authentication service"
        )
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

    func rehearsed(_ homeserver: any SetupHomeserver, _ scope: TokenScope) throws(StepFailure) -> AccountSession {
        guard let session = homeserver.rehearsedSession(localpart, isAdmin: scope.isServerAdmin) else {
            throw StepFailure(step, "\(localpart) is no name for an account", cure: "choose another --localpart")
        }
        return session
    }

    /// The same device where setup is run again.
    func newScope(
        _ server: ServerFacts,
        _ run: inout SetupRun,
        _ tools: SetupTools
    ) throws(StepFailure) -> TokenScope {
        let device = run.progress.device ?? TokenScope.newDevice(tools.clock)
        run.progress.device = device
        try run.save(tools)
        return TokenScope(
            device: device,
            isServerAdmin: run.wishes.wantsServerAdmin,
            usesStableNames: server.versions.hasStableScopes
        )
    }

    private func serviceCredential(_ service: any AuthenticationService) async throws(ServerFailure) -> Secret {
        if let token = secrets.serviceAdminToken { return token }
        guard let client = secrets.serviceClient else { throw ServerFailure("POST token", .incomplete("a credential")) }
        return try await service.adminToken(client: client.id, secret: client.secret)
    }

    /// The account, made where it is not there.
    ///
    /// The password is kept before it is set, so that no run knows it alone.
    private func serviceUser(
        _ service: any AuthenticationService,
        _ credential: Secret,
        _ run: inout SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> (ServiceUser, String) {
        let known: ServiceUser?
        do throws(ServerFailure) { known = try await service.user(localpart, credential) } catch {
            throw ServiceTrouble(error, step, service.metadata, localpart).explained
        }
        if let known {
            try mayUse(known, run)
            return (known, "used the account \(localpart)")
        }
        let password = secrets.password ?? Secret(generatedPassword(tools.clock))
        if !secrets.isPasswordGiven { try run.saveSecret(password, to: run.folder.password, tools) }
        run.progress.pending.insert(ObtainAccount.mark)
        try run.save(tools)
        let user: ServiceUser
        do throws(ServerFailure) { user = try await service.makeUser(localpart, credential) } catch {
            if case .refused = error.reason { forget(&run, tools) }
            throw ServiceTrouble(error, step, service.metadata, localpart).explained
        }
        do throws(ServerFailure) { try await service.setPassword(password, of: user, credential) } catch {
            // Where passwords are switched off the token does without.
            run.advise(step, "the account \(localpart) has no password: \(error.cause)")
            if !run.wishes.isDryRun, !secrets.isPasswordGiven { try? tools.files.remove(run.folder.password) }
        }
        return (user, "made the account \(localpart)")
    }

    /// An account that nobody named may be somebody's.
    private func mayUse(_ user: ServiceUser, _ run: SetupRun) throws(StepFailure) {
        if user.isDeactivated || user.isLocked {
            let undo = user.isDeactivated ? ["unlock-user", localpart, "--reactivate"] : ["unlock-user", localpart]
            throw StepFailure(
                step,
                "the account \(localpart) is \(user.isDeactivated ? "deactivated" : "locked")",
                cure: [
                    "choose another --localpart, or run where the authentication service runs:",
                    "    mas-cli manage \(undo.joined(separator: " "))",
                ]
            )
        }
        guard run.wishes.localpart == nil, !secrets.hasBegun else { return }
        throw alreadyThere()
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
            cure: ["update it, or run there:"]
                + ServiceCommands.standard.tokenLines(localpart: localpart, asAdmin: scope.isServerAdmin)
                + ["then give the token that it prints with --access-token-file"]
        )
    }
}
