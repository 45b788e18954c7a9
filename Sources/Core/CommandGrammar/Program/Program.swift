/// A program's command line: its commands, each with its options, and what it says of itself.
package struct Program<Command: Sendable>: Sendable {
    package let name: String
    package let version: String
    /// One line, without a full stop.
    package let summary: String
    package let table: CommandTable<Command>

    package enum Request: Sendable {
        case run(Command, ParsedArguments)
        /// Text for standard output: what `--help` or `--version` asked for.
        case answer(String)
    }

    package init(
        _ name: String,
        version: String,
        _ summary: String,
        commands: [Command],
        describedBy description: (Command) -> CommandDescription
    ) {
        self.name = name
        self.version = version
        self.summary = summary
        table = CommandTable(commands, describedBy: description)
    }

    /// Reads the arguments behind the program's name; the shell has cut them, and they are not cut again.
    package func read(_ arguments: [String]) throws(ProgramError) -> Request {
        let tokens = arguments.map { Token($0) }
        let asked = arguments.prefix { $0 != "--" }
        if arguments.first == "--version" || arguments == ["version"] { return .answer("\(name) \(version)\n") }
        let wantsHelp = asked.contains { $0 == "--help" || $0 == "-h" }
        let words = arguments.first == "help" ? Array(tokens.dropFirst()) : tokens
        switch table.lookup(wantsHelp ? words.filter { $0.text != "--help" && $0.text != "-h" } : words) {
        case .found(let entry, let path, let rest):
            if wantsHelp || arguments.first == "help" { return .answer(help(for: entry.description)) }
            do {
                return .run(entry.command, try entry.description.parse(rest, dialect: .program))
            } catch {
                let report = ArgumentReport(error, in: entry.description, tokens: rest, program: name)
                throw .badArguments(report, helpCommand: ([name] + path + ["--help"]).joined(separator: " "))
            }
        case .incomplete(let path, let candidates):
            if wantsHelp || (arguments.first == "help" && !candidates.isEmpty) {
                return .answer(path.isEmpty ? help : list(candidates))
            }
            throw path.isEmpty ? .noCommand(help: help) : .incompleteCommand(path, candidates: candidates.map(\.name))
        case .unknown(let typed, let suggestions):
            throw .unknownCommand(typed, suggestions: suggestions.map(\.name), helpCommand: "\(name) --help")
        }
    }
}
