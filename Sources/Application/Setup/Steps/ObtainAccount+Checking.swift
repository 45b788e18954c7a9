import Moderation
import MatrixCore
import Observability

/// Whose an account or a token may be.
extension ObtainAccount {
    /// The token must be of the account that was meant, and no guest's.
    func check(
        _ session: AccountSession,
        _ identity: Identity,
        _ run: SetupRun
    ) throws(StepFailure) {
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

    /// What a folder keeps is of its bot: none of it is sent, and nothing made, for another.
    func checkOwner(_ run: SetupRun) throws(StepFailure) {
        guard let owner = run.progress.user else { return }
        try checkLocalpart(owner, run)
    }

    private func checkLocalpart(_ user: UserID, _ run: SetupRun) throws(StepFailure) {
        guard let wanted = run.wishes.localpart, !equalByBytes(wanted, String(user.localpart)), !run.isTokenGiven
        else { return }
        throw StepFailure(
            name,
            "\(run.folder.path) is set up for \(user), not for \(wanted)",
            cure: "give --localpart \(user.localpart), or another --directory",
            kind: .usage
        )
    }

    func checkName(_ user: UserID, _ run: SetupRun) throws(StepFailure) {
        if let server = run.server?.serverName, user.server != server, run.progress.user == nil {
            throw StepFailure(
                name,
                "the account is \(user), not of \(server)",
                cure: "give the token of the bot's own account, or correct --homeserver"
            )
        }
        try checkLocalpart(user, run)
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
