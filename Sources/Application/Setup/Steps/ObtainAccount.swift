import MatrixCore
import Moderation
import Observability

/// Makes the bot's account or logs in to it, and keeps its token.
package struct ObtainAccount: SetupStep {
    package let name = "account"
    static let mark = "account"

    private let mayMake: Bool

    /// `mayMake` says whether an account may come to be.
    package init(mayMake: Bool = true) { self.mayMake = mayMake }

    package func plan(_ run: SetupRun) -> [String] {
        let localpart = run.wishes.localpart ?? CheckNames.standardLocalpart
        if let user = run.progress.user, run.progress.done.contains(name) {
            return ["keep the account \(user) and its token"]
        }
        let verb =
            run.makesAccount
            ? "make the account \(localpart), or log in to it" : "use the account that the token belongs to"
        return [verb, "keep its access token in \(run.folder.accessToken) (mode 0600)"]
    }

    package func perform(_ run: inout SetupRun, _ tools: SetupTools) async throws(StepFailure) -> [String] {
        let (_, server) = try run.found(name)
        if !mayMake, server.flavour == .dendrite, run.wishes.homeserverConfig != nil, !run.isTokenGiven,
            run.wishes.passwordFile == nil, try run.keptCredential(tools) == nil
        {
            return ["no account is needed to show the change to the configuration"]
        }
        let secrets = try AccountSecrets(run, tools)
        run.adminToken = secrets.adminToken
        let localpart =
            run.wishes.localpart ?? run.progress.user.map { String($0.localpart) } ?? CheckNames.standardLocalpart
        let maker = AccountMaker(step: name, localpart: localpart, secrets: secrets)
        if let kept = secrets.kept, !isReplaced(kept, secrets, run) {
            if let lines = try await keep(kept, maker, &run, tools) { return lines }
        }
        if secrets.kept != nil, !run.wishes.isDryRun, secrets.token == nil, !run.wishes.logsInAnew {
            tools.person.tell(
                "The saved token in \(run.folder.accessToken) is dead, and nothing renews it: another is needed."
            )
        }
        let way = try AccountWay.choose(
            secrets.means,
            on: server,
            localpart: localpart,
            wantsAdmin: run.wishes.wantsServerAdmin
        )
        guard mayMake || !way.makesAccount else {
            throw StepFailure(
                name,
                "no account is set up in \(run.folder.path), and this command makes none",
                cure: "name the bot's directory with --directory, or give --access-token-file or --password-file",
                kind: .usage
            )
        }
        var (session, line) = try await maker.session(by: way, &run, tools)
        if session.expiresIn != nil, session.renewal == nil {
            session = try await maker.renewable(session, run, tools)
        }
        if session.renewal == nil, let objection = TokenKind(session.token).objection(localpart: localpart) {
            throw StepFailure(name, objection.cause, cure: objection.cure, kind: .refused)
        }
        do throws(StepFailure) { try await check(session, maker, &run, tools) } catch {
            await maker.discard(session, run, tools)
            throw error
        }
        try take(session, &run, tools)
        if way == .password, secrets.isPasswordGiven, let password = secrets.password,
            let old = try run.savedSecret(run.folder.password, tools), old != password
        {
            try run.saveSecret(password, to: run.folder.password, tools)
            line += "; the password is kept in the place of the old one"
        }
        return [line, "the token is \(TokenKind(session.token).name(isRenewable: session.renewal != nil))"]
    }

    /// Whoever gives another token, or logs in anew, does not mean the one that is kept.
    private func isReplaced(_ kept: KeptCredential, _ secrets: AccountSecrets, _ run: SetupRun) -> Bool {
        guard let given = secrets.token else { return run.wishes.logsInAnew && secrets.means.logsIn }
        return given != kept.configured.token && given != kept.current.token
    }

    /// From now on the bot's.
    func take(_ session: AccountSession, _ run: inout SetupRun, _ tools: SetupTools) throws(StepFailure) {
        let credential = session.credential(issuedAt: tools.clock.wallMilliseconds())
        try run.saveCredential(credential, tools)
        run.session = session
        run.progress.user = session.user
        run.progress.device = session.device
        run.progress.pending.remove(Self.mark)
    }

    /// The lines where the saved token still works, or was renewed; nil where it is dead.
    private func keep(
        _ kept: KeptCredential,
        _ maker: AccountMaker,
        _ run: inout SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> [String]? {
        let (homeserver, server) = try run.found(name)
        var credential = kept.current
        var identity: TokenIdentity
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
            guard let renewed = try await maker.renewed(credential, run, tools)
            else { return nil }
            credential = renewed
            try run.saveRenewed(renewed, of: kept, tools)
            identity = try await maker.tried(renewed.token, homeserver, server, tools)
        }
        try checkName(identity.user, run)
        if kept.configured.user == nil {
            // Files of earlier versions do not say it, and a login that becomes necessary has to know.
            var named = kept.configured
            (named.user, named.device) = (identity.user, identity.device)
            try run.saveCredential(named, tools)
        }
        run.session = AccountSession(
            user: identity.user,
            token: credential.token,
            device: identity.device,
            renewal: credential.renewal
        )
        run.progress.user = identity.user
        run.progress.device = identity.device
        return ["kept \(identity.user), whose token \(credential == kept.current ? "works" : "was renewed")"]
    }

    /// The token must be of the account that was meant, and no guest's.
    private func check(
        _ session: AccountSession,
        _ maker: AccountMaker,
        _ run: inout SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) {
        let (homeserver, server) = try run.found(name)
        let identity = try await maker.tried(session.token, homeserver, server, tools)
        guard identity.user == session.user else {
            throw StepFailure(
                name,
                "the token belongs to \(identity.user), not to \(session.user)",
                cure: "give the bot's own token"
            )
        }
        guard !identity.isGuest else {
            throw StepFailure(name, "\(identity.user) is a guest, who may do nothing", cure: "use a full account")
        }
        try checkName(identity.user, run)
    }

    private func checkName(_ user: UserID, _ run: SetupRun) throws(StepFailure) {
        if let server = run.server?.serverName, user.server != server, run.progress.user == nil {
            throw StepFailure(
                name,
                "the account is \(user), not of \(server)",
                cure: "give the token of the bot's own account, or correct --homeserver"
            )
        }
        if let wanted = run.wishes.localpart, !equalByBytes(wanted, String(user.localpart)), !run.isTokenGiven {
            throw StepFailure(
                name,
                "\(run.folder.path) is set up for \(user), not for \(wanted)",
                cure: "give --localpart \(user.localpart), or another --directory",
                kind: .usage
            )
        }
        if let before = run.progress.user, before != user {
            throw StepFailure(
                name,
                "\(run.folder.path) is set up for \(before), and this is \(user)",
                cure: "give another --directory; or remove \(run.folder.progress) to use this one for \(user)",
                kind: .usage
            )
        }
        if run.wishes.managers.contains(user) {
            throw StepFailure(
                name,
                "\(user) is the bot's own account and the manager too: the bot does not listen to itself",
                cure: "name your own account as --manager, and let the bot have one for itself",
                kind: .usage
            )
        }
    }
}

extension SetupRun {
    /// A token names its account by itself; `--localpart` has no say then.
    var isTokenGiven: Bool {
        wishes.accessTokenFile != nil || wishes.typedAccessToken != nil || wishes.appserviceRegistration != nil
    }
}
