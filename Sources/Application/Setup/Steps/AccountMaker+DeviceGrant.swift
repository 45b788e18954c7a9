import MatrixCore
import Moderation
import Observability

/// By a person who approves the bot in a browser, wherever that is.
extension AccountMaker {
    func byDeviceGrant(
        _ homeserver: any SetupHomeserver,
        _ server: ServerFacts,
        _ run: inout SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> (AccountSession, String) {
        let service = try authenticationService(server, run, tools)
        guard let tokenEndpoint = service.metadata.tokenEndpoint, service.metadata.deviceEndpoint != nil else {
            throw StepFailure(
                step,
                "the authentication service at \(service.metadata.issuer) has no device authorization grant, or it is switched off",
                cure: "use --mas-cli, --mas-client-id or --password-file, or have the grant switched on there"
            )
        }
        let scope = newScope(server, &run, tools)
        guard !run.wishes.isDryRun else {
            tools.person.tell(
                "would show a code, and wait until a person has approved the bot at \(service.metadata.issuer)"
            )
            return (try rehearsed(homeserver, scope), "would log in as \(localpart)")
        }
        let client: String
        let grant: DeviceGrant
        do throws(ServerFailure) {
            client = try await service.registerClient()
            grant = try await service.startDeviceGrant(scope, client: client)
        } catch {
            throw trouble(error, service, registersItself: true)
        }
        try checkPages(of: grant, run)
        show(grant, scope, run, tools)
        let tokens = try await approved(grant, scope, client, service, tools)
        guard let refreshToken = tokens.refreshToken else {
            throw StepFailure(
                step,
                "the authentication service gave no refresh token: the bot would fall silent when its access token ends",
                cure: "use --mas-cli or --mas-client-id, whose tokens last",
                kind: .refused
            )
        }
        let renewal = Credential.Renewal.oauth(
            refreshToken: refreshToken,
            clientID: client,
            tokenEndpoint: tokenEndpoint
        )
        do throws(StepFailure) {
            let identity = try await tried(tokens.accessToken, homeserver, server, tools)
            try check(approver: identity.user)
            let session = AccountSession(
                user: identity.user,
                token: tokens.accessToken,
                device: identity.device ?? scope.device,
                expiresIn: tokens.expiresIn,
                renewal: renewal
            )
            return (session, "\(identity.user) approved the bot")
        } catch {
            try? await service.revoke(refreshToken, client: client)
            throw error
        }
    }

    /// Most browsers are logged in already, and not as the bot.
    private func check(approver: UserID) throws(StepFailure) {
        guard !equalByBytes(localpart, String(approver.localpart)) else { return }
        throw StepFailure(
            step,
            "\(approver) approved, not \(localpart): the browser was logged in to another account. The session was ended",
            cure: [
                "open the page in a private window, log in there as \(localpart), and run the same again",
                "if \(approver) is the bot's account, say so: --localpart \(approver.localpart)",
            ]
        )
    }

    /// Ends a session that was approved and is not kept.
    func discard(_ session: AccountSession, _ run: SetupRun, _ tools: SetupTools) async {
        guard case .oauth(let refreshToken, let client, _)? = session.renewal, !run.wishes.isDryRun,
            let server = run.server, let service = try? authenticationService(server, run, tools)
        else { return }
        try? await service.revoke(refreshToken, client: client)
    }

    /// A person is sent there to type a password: nothing else than a page that nobody on the way can change.
    private func checkPages(of grant: DeviceGrant, _ run: SetupRun) throws(StepFailure) {
        for page in [grant.verificationURL, grant.completeURL].compactMap(\.self) {
            guard isWebAddress(page), run.wishes.allowsPlainHTTP || !isExposed(page) else {
                throw StepFailure(
                    step,
                    "the authentication service sends people to \(printable(page, limit: 200)), which is no https:// address",
                    cure: "correct http.public_base in its configuration, or ask who runs it; do not open that address",
                    kind: .refused
                )
            }
        }
    }

    private func show(_ grant: DeviceGrant, _ scope: TokenScope, _ run: SetupRun, _ tools: SetupTools) {
        tools.person.show(link: grant.completeURL ?? grant.verificationURL)
        tools.person.tell(
            "Open \(grant.verificationURL), log in as \(localpart) (in a private window), and enter the code"
        )
        tools.person.tell("    \(printable(grant.userCode, limit: 40))")
        if scope.isServerAdmin {
            tools.person.tell(
                "Admin rights are asked for too: the service grants them only to users that it lists as admins."
            )
        }
        tools.person.tell("Waiting up to \(grant.expiresIn.components.seconds / 60) min …")
    }

    /// A service that cannot be reached for a while is asked again: the person may have approved long since.
    private func approved(
        _ grant: DeviceGrant,
        _ scope: TokenScope,
        _ client: String,
        _ service: any AuthenticationService,
        _ tools: SetupTools
    ) async throws(StepFailure) -> IssuedTokens {
        let deadline = tools.clock.now() + grant.expiresIn
        var interval = grant.interval
        var lastTrouble: ServerFailure?
        while tools.clock.now() < deadline, !Task.isCancelled {
            await tools.clock.sleep(for: interval)
            let answer: DeviceGrantAnswer
            do throws(ServerFailure) { answer = try await service.poll(grant, client: client) } catch {
                guard error.mayPass else {
                    throw trouble(error, service, registersItself: true)
                }
                lastTrouble = error
                continue
            }
            lastTrouble = nil
            switch answer {
            case .granted(let tokens): return tokens
            case .pending: break
            case .slowDown: interval += .seconds(5)
            case .denied:
                throw StepFailure(
                    step,
                    "the request was denied on the page",
                    cure: "run the same again, and allow it; nothing was made"
                )
            case .expired: throw ranOut(grant, scope)
            }
        }
        if let lastTrouble {
            throw trouble(lastTrouble, service, registersItself: true)
        }
        throw ranOut(grant, scope)
    }

    /// A scope that the user may not have is refused on the page only, and the grant stays pending.
    private func ranOut(_ grant: DeviceGrant, _ scope: TokenScope) -> StepFailure {
        StepFailure(
            step,
            "nobody approved the code \(grant.userCode) within \(grant.expiresIn.components.seconds / 60) min",
            cure: scope.isServerAdmin
                ? [
                    "if the page showed an error, the user may not have admin rights: run it without --server-admin, or first",
                    "    mas-cli manage promote-admin \(localpart)",
                ]
                : [
                    "run the same again, and approve it in time; if the page showed an error, the service's policy refuses what"
                        + " the bot asks for: look into its log"
                ]
        )
    }
}

extension ServerFailure {
    /// Whether asking again may bring an answer.
    var mayPass: Bool {
        switch reason {
        case .unknownHost, .nobodyThere, .timedOut, .cutOff, .limited, .trouble: true
        case .tls, .webPage, .notMatrix, .refused, .incomplete, .cancelled: false
        }
    }
}
