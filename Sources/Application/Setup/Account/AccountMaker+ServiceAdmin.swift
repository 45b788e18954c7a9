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
                    probeLine("\(server.baseURL)/_matrix/client/v1/auth_metadata"),
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

    private func noPersonalTokens(_ metadata: AuthenticationMetadata, _ scope: TokenScope) -> StepFailure {
        StepFailure(
            step,
            "the authentication service at \(metadata.issuer) issues no personal tokens: it is older than them",
            cure: ["update it, or run where it runs:"]
                + commands.tokenLines(localpart: localpart, asAdmin: scope.isServerAdmin)
                + [ServiceCommands.thenGiveToken]
        )
    }
}
