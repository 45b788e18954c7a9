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
        let (homeserver, server) = try run.found(name)
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
        try checkOwner(run)
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
            wantsAdmin: run.wantsAdmin
        )
        guard mayMake || !way.makesAccount else {
            throw StepFailure(
                name,
                "no account is set up in \(run.folder.path), and this command makes none",
                cure: "name the bot's directory with --directory, or give --access-token-file or --password-file",
                kind: .usage
            )
        }
        try run.checkSecretsFolder(tools)
        var (session, line) = try await maker.session(by: way, &run, tools)
        var isJudged = false
        do throws(StepFailure) {
            session = try await lasting(session, maker, run, tools)
            let identity = try await maker.tried(session.token, homeserver, server, tools)
            isJudged = true
            try check(session, identity, run)
            try take(session, maker, &run, tools)
        } catch {
            // What a person has approved may be good, as long as nobody could say otherwise: the next run tries it again.
            guard isJudged || way != .deviceGrant, let issued = IssuedToken(session, by: way) else { throw error }
            throw await maker.discarding(issued, for: error, run, tools)
        }
        await maker.dropApproved(butFor: session, run, tools)
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
    func take(
        _ session: AccountSession,
        _ maker: AccountMaker,
        _ run: inout SetupRun,
        _ tools: SetupTools
    ) throws(StepFailure) {
        try run.saveCredential(session.credential, tools)
        run.session = session
        run.progress.user = session.user
        run.progress.device = session.device
        run.progress.pending.remove(Self.mark)
        run.keepAlive(KeptCredential(configured: session.credential, current: session.credential), maker, tools)
    }

    /// One that does not end unnoticed.
    private func lasting(
        _ session: AccountSession,
        _ maker: AccountMaker,
        _ run: SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> AccountSession {
        var session = session
        if session.expiresIn != nil, session.renewal == nil {
            session = try await maker.renewable(session, run, tools)
        }
        if session.renewal == nil,
            let objection = TokenKind(session.token).objection(localpart: maker.localpart, by: maker.commands)
        {
            throw StepFailure(name, objection.cause, cure: objection.cure, kind: .refused)
        }
        return session
    }
}

extension SetupRun {
    /// A token names its account by itself; `--localpart` has no say then.
    var isTokenGiven: Bool {
        wishes.accessTokenFile != nil || wishes.typedAccessToken != nil || wishes.appserviceRegistration != nil
    }
}
