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
                    + ["then give the token with --access-token-file"]
            )
        }
        let token = Secret(issued.token)
        let identity: TokenIdentity
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
        if output.standardError.contains("Username not available on homeserver") {
            throw StepFailure(
                step,
                "the homeserver takes no account of the name \(localpart): it is illegal, or kept for an application service",
                cure: "choose another --localpart"
            )
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
            case .timedOut(let log):
                throw StepFailure(
                    step,
                    "\(line) did not end within a minute: \(lastLine(log))",
                    cure: "see that its database and Synapse answer: mas-cli doctor"
                )
            case .cancelled: throw StepFailure(step, "\(line) was interrupted", cure: "run the same again")
            }
        }
    }

    private func failed(_ words: [String], _ output: CommandOutput) -> StepFailure {
        StepFailure(
            step,
            "\(words.joined(separator: " ")) ended with \(output.exitStatus): \(lastLine(output.standardError))",
            cure: [
                "it needs the service's configuration (--config FILE in --mas-cli, where it is elsewhere), its database and"
                    + " Synapse; by hand:",
                "    \(words.joined(separator: " "))",
            ]
        )
    }

    /// Of a log, what tells most: its error with the causes behind it, or its last line; its middle may be anything.
    private func lastLine(_ log: String) -> String {
        let newline = UInt8(ascii: "\n")
        // A line that is cut may be the end of a token.
        let end = log.utf8.suffix(1 << 14).drop { $0 != newline }
        let ends = log.utf8.count > 1 << 15 ? [log.utf8.prefix(1 << 14), end] : [log.utf8[...]]
        let lines = ends.flatMap { $0.split(separator: newline) }.map { line in
            String(decoding: line.drop { $0 == 0x20 }, as: UTF8.self)
        }
        guard let last = lines.last else { return "it said nothing" }
        let start = lines.firstIndex { $0.hasPrefix("Error:") || $0.hasPrefix("error:") }
        let told = start.map { lines[$0...].prefix(5).filter { $0 != "Caused by:" } } ?? [last]
        return told.map { printable(ServiceCommands.hidingTokens(in: $0), limit: 300) }.joined(separator: "; ")
    }
}
