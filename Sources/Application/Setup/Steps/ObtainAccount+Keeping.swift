import MatrixCore
import Moderation
import Observability

/// The token that an earlier run has kept.
extension ObtainAccount {
    /// The lines where the saved token still works, or was renewed; nil where it is dead.
    func keep(
        _ kept: KeptCredential,
        _ maker: AccountMaker,
        _ run: inout SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> [String]? {
        let (homeserver, server) = try run.found(name)
        var credential = kept.current
        // It has to last as long as the steps that follow; where it cannot be renewed now, it is good for a while yet.
        if kept.isDue(tools.clock.wallMilliseconds()), !run.wishes.isDryRun,
            let fresh = (try? await maker.fresh(kept, run, tools)) ?? nil
        {
            credential = fresh
        }
        let identity: Identity
        do throws(ServerFailure) {
            identity = try await homeserver.identity(credential.token)
        } catch {
            guard error.isTokenRejected else {
                throw error.ending(name, at: server.baseURL, "the saved token could not be tried")
            }
            // A token that has merely ended looks like one that was revoked.
            guard !run.wishes.isDryRun || kept.current.renewal == nil else {
                throw StepFailure(
                    name,
                    "the saved token has ended, and a dry run does not renew it",
                    cure: "start the bot, which renews it; or run the same without --dry-run"
                )
            }
            if credential == kept.current {
                guard let fresh = try await maker.fresh(kept, run, tools) else { return nil }
                credential = fresh
            }
            identity = try await maker.tried(credential.token, homeserver, server, tools)
        }
        try checkName(identity.user, run)
        if kept.configured.user == nil {
            // Files of earlier versions do not say it, and a login that becomes necessary has to know.
            var named = kept.configured
            (named.user, named.device) = (identity.user, identity.device)
            try run.saveCredential(named, tools)
        }
        var session = AccountSession(
            user: identity.user,
            token: credential.token,
            device: identity.device,
            renewal: credential.renewal
        )
        session.life = credential.life
        run.session = session
        run.progress.user = identity.user
        run.progress.device = identity.device
        if kept.configured.renewal != nil {
            var original = session
            original.renewal = kept.configured.renewal
            await maker.dropApproved(butFor: original, run, tools)
        }
        run.keepAlive(KeptCredential(configured: kept.configured, current: credential), maker, tools)
        return ["kept \(identity.user), whose token \(credential == kept.current ? "works" : "was renewed")"]
    }
}

extension SetupRun {
    /// From now on the homeserver is asked with the session's present token, where it can be renewed.
    mutating func keepAlive(_ kept: KeptCredential, _ maker: AccountMaker, _ tools: SetupTools) {
        guard let found = homeserver, kept.current.renewal != nil, !wishes.isDryRun else { return }
        homeserver = tools.homeservers.homeserver(
            at: found.baseURL,
            named: server?.serverName,
            following: LastingSession(kept, maker, self, tools)
        )
    }
}

extension AccountMaker {
    /// Another token than the kept one, which has ended or ends soon; nil where nothing gives one.
    ///
    /// The running bot may have been quicker, before or while this asks: the old refresh token is dead then.
    func fresh(_ kept: KeptCredential, _ run: SetupRun, _ tools: SetupTools) async throws(StepFailure) -> Credential? {
        if let other = try successor(of: kept, run, tools) { return other }
        guard let renewed = try await renewed(kept.current, run, tools) else {
            return try successor(of: kept, run, tools)
        }
        try run.saveRenewed(renewed, of: kept, tools)
        return renewed
    }

    private func successor(
        of kept: KeptCredential,
        _ run: SetupRun,
        _ tools: SetupTools
    ) throws(StepFailure) -> Credential? {
        guard let now = try run.keptCredential(tools)?.current, now.token != kept.current.token else { return nil }
        return now
    }
}
