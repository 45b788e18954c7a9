import MatrixCore
import Observability

/// The account at the authentication service.
extension AccountMaker {
    /// The account, made where it is not there.
    ///
    /// The password is kept before it is set, so that no run knows it alone. That the account is setup's own is noted only
    /// once the service has said so: an account that is found there after a lost answer may be somebody's.
    func serviceUser(
        _ service: any AuthenticationService,
        _ credential: Secret,
        _ run: inout SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> (ServiceUser, String) {
        let known: ServiceUser?
        do throws(ServerFailure) { known = try await service.user(localpart, credential) } catch {
            throw trouble(error, service)
        }
        if let known {
            try mayUse(known, run)
            return (known, "used the account \(localpart)")
        }
        let user: ServiceUser
        do throws(ServerFailure) { user = try await service.makeUser(localpart, credential) } catch {
            throw trouble(error, service)
        }
        run.progress.made = localpart
        try run.save(tools)
        let password = secrets.password ?? Secret(generatedPassword(tools.clock))
        if !secrets.isPasswordGiven { try run.saveSecret(password, to: run.folder.password, tools) }
        do throws(ServerFailure) { try await service.setPassword(password, of: user, credential) } catch {
            // Where passwords are switched off the token does without; an answer that was lost may have been a yes.
            run.advise(
                step,
                "the account \(localpart) has no password: \(error.cause)",
                cure: withoutPassword(error)
            )
            if case .refused = error.reason, !run.wishes.isDryRun, isPasswordNew {
                try? tools.files.remove(run.folder.password)
            }
        }
        return (user, "made the account \(localpart)")
    }

    private func withoutPassword(_ failure: ServerFailure) -> [String] {
        let isWeak = failure.cause.contains("too weak")
        return [
            "the bot's token works without one; where it is lost, run setup again with --mas-client-id"
                + (isWeak
                    ? "; to have one all the same, give a longer --password-file, or run where the service runs:" : "")
        ]
            + (isWeak
                ? [ServiceCommands.line(commands.program + ["manage", "set-password", localpart, "LONGER_PASSWORD"])]
                : [])
    }

    /// An account that nobody named may be somebody's.
    private func mayUse(_ user: ServiceUser, _ run: SetupRun) throws(StepFailure) {
        guard isNamed(run) else { throw alreadyThere() }
        guard user.isDeactivated || user.isLocked else { return }
        throw StepFailure(
            step,
            "the account \(localpart) is \(user.isDeactivated ? "deactivated" : "locked")",
            cure: ["choose another --localpart, or run where the authentication service runs:"]
                + commands.unlockLines(localpart: localpart, reactivates: user.isDeactivated)
        )
    }

    /// Whether the account may be used if it is there: the operator has named it, or setup itself has made it.
    func isNamed(_ run: SetupRun) -> Bool {
        if run.wishes.localpart != nil, !run.wishes.isProposedName { return true }
        let own = [run.progress.made, run.progress.user.map { String($0.localpart) }]
        return own.contains { $0.map { equalByBytes($0, localpart) } ?? false }
    }

    func alreadyThere() -> StepFailure {
        StepFailure(
            step,
            "there is an account \(localpart) already, and setup has not made it",
            cure: ["if it is the bot's, say so: --localpart \(localpart)", "else name another with --localpart"],
            kind: .refused
        )
    }
}
