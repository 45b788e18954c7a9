import Observability

/// What a failure of the authentication service's own command means to the operator.
///
/// - Source: its recorded outputs, `Tests/Fixtures/mas/cli*.json`.
struct ServiceCommandTrouble {
    let step: String
    let commands: ServiceCommands
    let localpart: String
    /// What was run.
    let words: [String]
    let output: CommandOutput

    var explained: StepFailure {
        let line = ServiceCommands.line(words)
        func says(_ text: String) -> Bool { output.standardError.contains(text) }
        if says("Username not available on homeserver") {
            return StepFailure(
                step,
                "the homeserver takes no account of the name \(localpart): it is illegal, or kept for an application service",
                cure: "choose another --localpart"
            )
        }
        if says("could not connect to the database") {
            return ending(
                "the database of the authentication service does not answer",
                ["start PostgreSQL, or correct “database” in the service's configuration, then run the same again"]
            )
        }
        if says("must only be called by MAS") {
            return ending(
                "Synapse refuses the service's secret",
                [
                    "“matrix.secret” of the service and “matrix_authentication_service.secret” of Synapse differ: make them equal,"
                        + " restart both, and run the same again; what is wrong is shown by:",
                    ServiceCommands.line(commands.doctor),
                ]
            )
        }
        if says("Could not create the device on the homeserver") || says("from Synapse") || says("in Synapse") {
            return ending(
                "Synapse does not answer the authentication service",
                [
                    "start Synapse, or correct “matrix.endpoint” in the service's configuration, and run the same again; what is"
                        + " wrong is shown by:",
                    ServiceCommands.line(commands.doctor),
                ]
            )
        }
        if says("unrecognized subcommand") || says("unexpected argument")
            || says("required arguments were not provided")
        {
            return ending(
                "this mas-cli does not know \(words.dropFirst(commands.program.count).prefix(2).joined(separator: " ")) as it is now",
                [
                    "update the authentication service, or correct --mas-cli: it is the command up to “mas-cli”, with no more than its --config"
                ]
            )
        }
        if says("User not found") {
            return ending(
                "the service that --mas-cli reaches has no account \(localpart)",
                [
                    "see that it is the one behind this homeserver: in --mas-cli name its container, or its configuration with"
                        + " --config FILE"
                ]
            )
        }
        if says("That password is too weak") {
            return ending(
                "the service finds the password too weak",
                [
                    "set a longer one:",
                    ServiceCommands.line(commands.program + ["manage", "set-password", localpart, "LONGER_PASSWORD"]),
                ]
            )
        }
        if says("Password manager is disabled") {
            return ending(
                "passwords are switched off in the authentication service",
                ["leave the password out: the bot's token does without one"]
            )
        }
        if says("missing field `") || says("Error: Missing `") {
            return ending(
                "mas-cli finds no configuration of the service, or one that lacks something",
                ["name the service's own in --mas-cli, such as “mas-cli --config /etc/mas/config.yaml”"]
            )
        }
        return StepFailure(
            step,
            "\(words.joined(separator: " ")) ended with \(output.exitStatus): \(Self.lastLine(output.standardError))",
            cure: [
                "it needs the service's configuration (--config FILE in --mas-cli, where it is elsewhere), its database and"
                    + " Synapse; by hand:",
                line,
            ]
        )
    }

    private func ending(_ cause: String, _ cure: [String]) -> StepFailure {
        StepFailure(
            step,
            "\(cause): \(words.joined(separator: " ")) ended with \(output.exitStatus)"
                + " (\(Self.lastLine(output.standardError)))",
            cure: cure
        )
    }

    /// Of a log, what tells most: its error with the causes behind it, or its last line; its middle may be anything.
    static func lastLine(_ log: String) -> String {
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
