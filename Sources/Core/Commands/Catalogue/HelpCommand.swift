package import CommandGrammar

package struct HelpCommand: ModeratorCommand {
    private static let words = RestOfText("command", "the command to explain")

    package static let description = CommandDescription(
        "help",
        "shows the commands, or all about one of them",
        arguments: [words],
        examples: ["help", "help rooms add"]
    )

    private let typed: String

    package init(_ arguments: ParsedArguments) { typed = arguments[Self.words] }

    package func step(_ answers: CommandAnswers, _ context: CommandContext) -> CommandStep {
        let tokens = CommandText(typed[...]).tokens
        guard !tokens.isEmpty else { return .finish(CommandReport(.success, overview(context.program))) }
        switch CommandCatalogue.table.lookup(tokens) {
        case .found(let entry, _, _):
            return .finish(CommandReport(.success, Document(helpFor: entry.description, program: context.program)))
        case .incomplete(_, let candidates):
            return .finish(CommandReport(.success, list(candidates, context.program)))
        case .unknown(let typed, let suggestions):
            let document = Document {
                "There is no command \(code: typed)."
                if !suggestions.isEmpty { "Did you mean one of these?" }
                list(suggestions, context.program)
            }
            return .finish(CommandReport(.failure, document))
        }
    }

    private func overview(_ program: String) -> Document {
        Document {
            "These are the commands; \(code: "\(program) help COMMAND") explains one."
            list(CommandCatalogue.built.map { $0.description }, program)
        }
    }

    private func list(_ commands: [CommandDescription], _ program: String) -> Document {
        Document(commands.map { Block.helpEntry(for: $0, program: program) })
    }
}
