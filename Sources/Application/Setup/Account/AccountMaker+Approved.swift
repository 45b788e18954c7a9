import MatrixCore
import Moderation
import Observability

/// The session that a person has approved, from then until it is the bot's.
extension AccountMaker {
    /// The one that an earlier run could not try; nil where there is none, or it is of no use.
    func approvedBefore(
        _ scope: TokenScope,
        _ homeserver: any SetupHomeserver,
        _ server: ServerFacts,
        _ service: any AuthenticationService,
        _ run: SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> AccountSession? {
        let path = run.folder.approvedSession
        // What was approved at another service is sent to no other.
        guard var pair = approvedPair(run, tools), isOf(service, pair) else { return nil }
        let identity: Identity
        do throws(ServerFailure) { identity = try await homeserver.identity(pair.token) } catch {
            guard error.isTokenRejected || error.isForbidden else {
                throw error.ending(step, at: server.baseURL, "the session that was approved before could not be tried")
            }
            guard error.isTokenRejected, let renewed = try await renewed(pair, run, tools) else {
                await end(pair, service, run, tools)
                return nil
            }
            try run.saveSecret(Secret(renewed.fileText), to: path, tools)
            pair = renewed
            identity = try await tried(pair.token, homeserver, server, tools)
        }
        // It was approved for what was asked for then.
        var lacksRights = false
        if scope.isServerAdmin {
            lacksRights = (try? await homeserver.hasAdminRights(identity.user, on: server.flavour, pair.token)) == false
        }
        guard equalByBytes(localpart, String(identity.user.localpart)), !lacksRights else {
            await end(pair, service, run, tools)
            return nil
        }
        return session(of: pair, identity)
    }

    private func approvedPair(_ run: SetupRun, _ tools: SetupTools) -> Credential? {
        let file = (try? tools.files.read(run.folder.approvedSession, atMost: 1 << 16)) ?? nil
        return file?.text.flatMap { Credential(fileText: $0) }
    }

    private func isOf(_ service: any AuthenticationService, _ pair: Credential) -> Bool {
        guard case .oauth(_, _, let endpoint)? = pair.renewal else { return false }
        return service.metadata.tokenEndpoint.map { equalByBytes($0, endpoint) } ?? false
    }

    /// Ends what was approved before and is not what the bot goes on with.
    func dropApproved(butFor session: AccountSession, _ run: SetupRun, _ tools: SetupTools) async {
        guard !run.wishes.isDryRun, let pair = approvedPair(run, tools) else { return }
        if case .oauth(let approved, _, _)? = pair.renewal, case .oauth(let own, _, _)? = session.renewal,
            approved == own
        {
            try? tools.files.remove(run.folder.approvedSession)
        } else if let server = run.server, let service = try? authenticationService(server, run, tools),
            isOf(service, pair)
        {
            await end(pair, service, run, tools)
        }
    }

    func session(of pair: Credential, _ identity: Identity) -> AccountSession {
        var session = AccountSession(
            user: identity.user,
            token: pair.token,
            device: identity.device ?? pair.device,
            renewal: pair.renewal
        )
        session.life = pair.life
        return session
    }

    /// Most browsers are logged in already, and not as the bot.
    func check(approver: UserID) throws(StepFailure) {
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

    func end(_ pair: Credential, _ service: any AuthenticationService, _ run: SetupRun, _ tools: SetupTools) async {
        if case .oauth(let refreshToken, let client, _)? = pair.renewal {
            try? await service.revoke(refreshToken, client: client)
        }
        try? tools.files.remove(run.folder.approvedSession)
    }
}
