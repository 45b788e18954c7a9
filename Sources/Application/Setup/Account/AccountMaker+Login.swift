import MatrixCore
import Moderation
import Observability

/// With the account's password.
extension AccountMaker {
    func logIn(
        _ password: Secret?,
        _ homeserver: any SetupHomeserver,
        _ server: ServerFacts,
        _ tools: SetupTools,
        made: Bool,
        device: String? = nil,
        isRenewable: Bool = false
    ) async throws(StepFailure) -> (AccountSession, String) {
        guard let password else { throw .missing("password-file", "the account's password") }
        // Some servers take the whole ID only, some the name only.
        let names = [localpart] + (server.serverName.map { ["@\(localpart):\($0)"] } ?? [])
        var last: ServerFailure?
        for name in names {
            do throws(ServerFailure) {
                var login = PasswordLogin(user: name, password: password)
                login.device = device
                login.isRenewable = isRenewable
                let session = try await homeserver.lastingLogin(login, tools.clock.wallMilliseconds)
                return (session, made ? "made \(session.user) and logged in" : "logged in as \(session.user)")
            } catch {
                last = error
                guard case .refused(400, _, _) = error.reason else { break }
            }
        }
        let failure = last ?? ServerFailure("POST /login", .cancelled)
        switch failure.reason {
        case .refused(403, "M_FORBIDDEN", _): throw refusedPassword(server)
        case .refused(_, "M_USER_DEACTIVATED", _):
            throw StepFailure(
                step,
                "the account \(localpart) is deactivated",
                cure: "choose another --localpart, or have a server admin reactivate it"
            )
        case .refused(_, "M_USER_LOCKED", _) where server.isDelegated:
            throw StepFailure(
                step,
                "the account \(localpart) is locked",
                cure: ["run where the authentication service runs:"]
                    + commands.unlockLines(localpart: localpart, reactivates: false)
            )
        case .refused(_, "M_USER_LOCKED", _):
            throw StepFailure(step, "the account \(localpart) is locked", cure: "have a server admin unlock it")
        case .limited where server.isDelegated:
            throw StepFailure(
                step,
                "the authentication service lets nobody log in this often: by default three times at once, then once each"
                    + " 20 s, and good logins count too",
                cure: "wait a minute, then run the same again; what is done stays done"
            )
        case .trouble where server.isDelegated:
            throw StepFailure(
                step,
                "logging in as \(localpart): /login is answered by the authentication service, and that failed"
                    + " (\(failure.status.map { "status \($0)" } ?? "")): its database or Synapse may be down",
                cure: [
                    "look into its log at this moment, and run where it runs:", ServiceCommands.line(commands.doctor),
                    "then run the same again",
                ]
            )
        default: throw failure.ending(step, at: server.baseURL, "logging in as \(localpart)")
        }
    }

    private func refusedPassword(_ server: ServerFacts) -> StepFailure {
        guard server.isDelegated else {
            return StepFailure(
                step,
                "the homeserver refuses the password of \(localpart): it is wrong, or there is no such account",
                cure:
                    "correct --password-file or --localpart; to make the account, give \(server.flagsThatMakeAccounts)"
            )
        }
        return StepFailure(
            step,
            "the authentication service refuses the password of \(localpart): it is wrong, or the account has none, is"
                + " deactivated, or does not exist",
            cure: ["correct --password-file or --localpart, log in with --oauth, or run where the service runs:"]
                + commands.accountLines(localpart: localpart, asAdmin: false)
                + [ServiceCommands.thenGiveToken]
        )
    }

    /// Given, or made by setup.
    func knownPassword(_ run: SetupRun, _ tools: SetupTools) throws(StepFailure) -> Secret? {
        if let password = secrets.password { return password }
        return try run.savedSecret(run.folder.password, tools)
    }

    /// The same device with a token that ends soon and can be renewed, where the one that cannot ends too.
    func renewable(
        _ session: AccountSession,
        _ run: SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> AccountSession {
        let (homeserver, server) = try run.found(step)
        if let password = try knownPassword(run, tools) {
            let renewable = try await logIn(
                password,
                homeserver,
                server,
                tools,
                made: false,
                device: session.device,
                isRenewable: true
            ).0
            if renewable.renewal != nil { return renewable }
        }
        let minutes = (session.expiresIn ?? .zero).components.seconds / 60
        throw StepFailure(
            step,
            "the token of \(session.user) ends by itself in \(minutes) min, and cannot be renewed",
            cure: [
                "give the account's password (--password-file), with which a token that can be renewed is taken; or have an"
                    + " application service's registration made for the bot (--appservice-registration)"
            ],
            kind: .refused
        )
    }

    /// With its refresh token; nil where that is dead too, or there is none.
    func renewed(
        _ credential: Credential,
        _ run: SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> Credential? {
        let server = try run.found(step).1
        guard let renewal = credential.renewal else { return nil }
        let asked = tools.clock.wallMilliseconds()
        do throws(ServerFailure) {
            return credential.replaced(
                by: try await tools.homeservers.tokens(for: renewal, at: server.baseURL),
                at: asked
            )
        } catch {
            if error.isUnrecognized, server.isDelegated {
                throw StepFailure(
                    step,
                    "the saved token has ended, and could not be renewed: the homeserver's proxy does not pass /refresh on to the"
                        + " authentication service",
                    cure: ServiceCommands.routeCure + ", then run the same again"
                )
            }
            if error.isCredentialRefused { return nil }
            throw error.ending(step, at: server.baseURL, "the saved token has ended, and could not be renewed")
        }
    }
}
