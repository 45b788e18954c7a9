import MatrixCore
import Observability

/// Makes the bot's account or logs in to it, and keeps its token.
package struct ObtainAccount: SetupStep {
    package let name = "account"
    package static let deviceName = "Draupnir (moderation bot, do not remove)"
    static let mark = "account"

    package init() {}

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
        let secrets = try AccountSecrets(run, tools)
        run.adminToken = secrets.adminToken
        if let saved = secrets.savedToken, let kept = try await keep(saved, &run) { return kept }
        let localpart =
            run.wishes.localpart ?? run.progress.user.map { String($0.localpart) } ?? CheckNames.standardLocalpart
        let way = try AccountWay.choose(
            secrets.means,
            on: server,
            localpart: localpart,
            wantsAdmin: run.wishes.wantsServerAdmin
        )
        let maker = AccountMaker(step: name, localpart: localpart, secrets: secrets)
        let (session, line) = try await maker.session(by: way, &run, tools)
        if let objection = TokenKind(session.token).objection(localpart: localpart) {
            throw StepFailure(name, objection.cause, cure: objection.cure, kind: .refused)
        }
        if let expiry = session.expiresIn, session.refreshToken == nil { throw expiring(session.user, expiry) }
        try await check(session, &run)
        try run.saveSecret(session.token, to: run.folder.accessToken, tools)
        run.session = session
        run.progress.user = session.user
        run.progress.device = session.device
        run.progress.pending.remove(Self.mark)
        return [line, "the token is \(TokenKind(session.token).name)"]
    }

    /// What a server gives whose tokens all end by themselves.
    private func expiring(_ user: UserID, _ expiry: Duration) -> StepFailure {
        StepFailure(
            name,
            "the token of \(user) ends by itself in \(expiry.components.seconds / 60) min, and cannot be refreshed",
            cure: [
                "in Synapse's configuration take nonrefreshable_access_token_lifetime and session_lifetime away, or have an"
                    + " application service's registration made for the bot (--appservice-registration)"
            ],
            kind: .refused
        )
    }

    /// The lines where the saved token still works; nil where it is dead.
    private func keep(_ token: Secret, _ run: inout SetupRun) async throws(StepFailure) -> [String]? {
        let (homeserver, server) = try run.found(name)
        let identity: TokenIdentity
        do throws(ServerFailure) {
            identity = try await homeserver.identity(token)
        } catch {
            guard error.isTokenRejected else {
                throw error.ending(name, at: server.baseURL, "the saved token could not be tried")
            }
            return nil
        }
        try checkName(identity.user, run)
        run.session = AccountSession(user: identity.user, token: token, device: identity.device)
        run.progress.user = identity.user
        run.progress.device = identity.device
        return ["kept \(identity.user), whose token works"]
    }

    /// The token must be of the account that was meant, and no guest's.
    private func check(_ session: AccountSession, _ run: inout SetupRun) async throws(StepFailure) {
        let (homeserver, server) = try run.found(name)
        let identity: TokenIdentity
        do throws(ServerFailure) {
            identity = try await homeserver.identity(session.token)
        } catch {
            throw error.ending(name, at: server.baseURL, "the new token was tried and does not work")
        }
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
