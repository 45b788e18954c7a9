import Moderation
import MatrixCore
import Observability

/// By the authentication service's own command, run here.
extension AccountMaker {
    func byCommand(
        _ server: ServerFacts,
        _ run: inout SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> (AccountSession, String) {
        guard let commands = secrets.serviceCommands, let homeserver = run.homeserver else {
            throw .missing("mas-cli", "the command of the authentication service")
        }
        let scope = newScope(server, &run, tools)
        let issuing = commands.issueToken(localpart, device: scope.device, asAdmin: scope.isServerAdmin)
        let lines = [commands.register(localpart), issuing, commands.provision]
        guard !run.wishes.isDryRun else {
            for line in lines { tools.person.tell("would run: \(line.joined(separator: " "))") }
            return (try rehearsed(homeserver, scope), "would make the account \(localpart)")
        }
        let isNew = try await register(commands, &run, tools)
        let output = try await perform(issuing, tools)
        guard let issued = ServiceCommands.issued(in: output.standardError + output.standardOutput) else {
            throw StepFailure(
                step,
                "\(issuing.joined(separator: " ")) has issued a token and not shown it: it does so only where it logs at level info",
                cure: [
                    "let RUST_LOG=info reach it (docker exec needs -e RUST_LOG=info), or run it by hand:",
                    "    RUST_LOG=info \(issuing.joined(separator: " "))",
                    "    \(commands.provision.joined(separator: " "))",
                ]
                    + [
                        "then give the token with --access-token-file; the one that was not shown lives on, and ends together with"
                            + " all other sessions of \(localpart), before that, by:",
                        ServiceCommands.line(commands.program + ["manage", "kill-sessions", localpart]),
                    ]
            )
        }
        let token = Secret(issued.token)
        let identity: Identity
        do throws(StepFailure) {
            _ = try await perform(commands.provision, tools)
            identity = try await ownIdentity(token, homeserver, server, tools)
        } catch {
            throw await discarding(.matrix(token, device: issued.device), for: error, run, tools)
        }
        return (
            AccountSession(user: identity.user, token: token, device: identity.device ?? issued.device),
            "\(isNew ? "made" : "used") the account \(identity.user) with \(commands.program.joined(separator: " "))"
        )
    }

    /// Whether the account was not there before.
    private func register(
        _ commands: ServiceCommands,
        _ run: inout SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> Bool {
        let words = commands.register(localpart)
        let output = try await output(of: words, tools)
        if output.exitStatus == 0 {
            run.progress.made = localpart
            try run.save(tools)
            return true
        }
        if output.standardError.contains("User already exists") {
            guard isNamed(run) else { throw alreadyThere() }
            try run.save(tools)
            return false
        }
        throw failed(words, output)
    }

    private func perform(_ words: [String], _ tools: SetupTools) async throws(StepFailure) -> CommandOutput {
        let output = try await output(of: words, tools)
        guard output.exitStatus == 0 else { throw failed(words, output) }
        return output
    }

    private func output(of words: [String], _ tools: SetupTools) async throws(StepFailure) -> CommandOutput {
        let line = words.joined(separator: " ")
        tools.person.tell("running: \(line)")
        do throws(CommandFailure) {
            // The token stands in a log line of level info.
            return try await tools.commands.run(words, environment: ["RUST_LOG": "info"], timeout: .seconds(60))
        } catch {
            switch error {
            case .noSuchProgram(let name):
                throw StepFailure(
                    step,
                    "--mas-cli: there is no program \(printable(name)) here",
                    cure:
                        "run setup where the authentication service runs, or give the whole command, such as “docker exec mas mas-cli”",
                    kind: .usage
                )
            case .notStarted(let why):
                throw StepFailure(
                    step,
                    "\(line) could not be run: \(printable(why))",
                    cure: "run it by hand to see more"
                )
            case .timedOut(let log) where log.contains("What do you want to do next?"):
                throw StepFailure(
                    step,
                    "\(line) waits for a person, though it was told not to: this mas-cli does not know --yes as it is now",
                    cure: ["update the authentication service; or run it in a terminal:", ServiceCommands.line(words)]
                )
            case .timedOut(let log):
                throw StepFailure(
                    step,
                    "\(line) did not end within a minute: \(ServiceCommandTrouble.lastLine(log))",
                    cure: ["see that its database and Synapse answer:", ServiceCommands.line(self.commands.doctor)]
                )
            case .cancelled: throw StepFailure(step, "\(line) was interrupted", cure: "run the same again")
            }
        }
    }

    private func failed(_ words: [String], _ output: CommandOutput) -> StepFailure {
        ServiceCommandTrouble(step: step, commands: commands, localpart: localpart, words: words, output: output)
            .explained
    }
}
