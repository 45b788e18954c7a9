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
        if let session = try await approvedBefore(scope, homeserver, server, service, run, tools) {
            return (session, "\(session.user) had approved the bot already")
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
        let (tokens, asked) = try await approved(grant, scope, client, service, run, tools)
        guard let refreshToken = tokens.refreshToken else {
            try? await service.revoke(tokens.accessToken, client: client)
            throw StepFailure(
                step,
                "the authentication service gave no refresh token: the bot would fall silent when its access token ends",
                cure: "use --mas-cli or --mas-client-id, whose tokens last",
                kind: .refused
            )
        }
        let pair = Credential(
            token: tokens.accessToken,
            device: scope.device,
            life: tokens.expiresIn.map { TokenLife(issued: asked, lasting: $0) },
            renewal: .oauth(refreshToken: refreshToken, clientID: client, tokenEndpoint: tokenEndpoint)
        )
        // A person has done their part: neither a homeserver in trouble nor a crash asks them again.
        do throws(StepFailure) {
            try run.saveSecret(Secret(pair.fileText), to: run.folder.approvedSession, tools)
        } catch {
            await end(pair, service, run, tools)
            throw error
        }
        let identity = try await tried(pair.token, homeserver, server, tools)
        do throws(StepFailure) { try check(approver: identity.user) } catch {
            await end(pair, service, run, tools)
            throw error
        }
        return (session(of: pair, identity), "\(identity.user) approved the bot")
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
        _ run: SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> (tokens: IssuedTokens, asked: Int64) {
        let deadline = tools.clock.now() + grant.expiresIn
        var interval = grant.interval
        var lastTrouble: ServerFailure?
        while tools.clock.now() < deadline, !Task.isCancelled {
            await tools.clock.sleep(for: max(interval, lastTrouble?.delay ?? .zero))
            let asked = tools.clock.wallMilliseconds()
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
            case .granted(let tokens): return (tokens, asked)
            case .pending: break
            case .slowDown: interval += .seconds(5)
            case .denied:
                throw StepFailure(
                    step,
                    "the request was denied on the page",
                    cure: "run the same again, and allow it; nothing was made"
                )
            case .expired: throw ranOut(grant, scope, run)
            }
        }
        if let lastTrouble {
            throw trouble(lastTrouble, service, registersItself: true)
        }
        throw ranOut(grant, scope, run)
    }

    /// A scope that the user may not have is refused on the page only, and the grant stays pending.
    private func ranOut(_ grant: DeviceGrant, _ scope: TokenScope, _ run: SetupRun) -> StepFailure {
        let without =
            run.wishes.wantsServerAdmin
            ? "run it without --server-admin" : "take “server_admin” out of \(run.folder.progress)"
        return StepFailure(
            step,
            "nobody approved the code \(grant.userCode) within \(grant.expiresIn.components.seconds / 60) min",
            cure: scope.isServerAdmin
                ? [
                    "if the page showed an error, the user may not have admin rights: \(without), or first run where the"
                        + " authentication service runs:",
                    "    " + commands.promote(localpart).joined(separator: " "),
                ]
                : [
                    "run the same again, and approve it in time; if the page showed an error, the service's policy refuses what"
                        + " the bot asks for: look into its log"
                ]
        )
    }
}
