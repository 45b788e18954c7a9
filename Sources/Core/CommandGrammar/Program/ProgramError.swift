/// Why a command line cannot be acted on.
package enum ProgramError: Error, Equatable, Sendable {
    case noCommand(help: String)
    case incompleteCommand([String], candidates: [String])
    case unknownCommand(String, suggestions: [String], helpCommand: String)
    case badArguments(ArgumentReport, helpCommand: String)

    /// What to write to standard error, ending in a line end.
    package var text: String {
        switch self {
        case .noCommand(let help): help
        case .incompleteCommand(let words, let candidates):
            "“\(words.joined(separator: " "))” is not a command by itself. There are:\n"
                + candidates.map { "  \($0)\n" }.joined()
        case .unknownCommand(let typed, let suggestions, let helpCommand):
            "There is no command “\(typed)”.\n"
                + (suggestions.isEmpty ? "" : ArgumentReport.question(suggestions) + "\n")
                + "“\(helpCommand)” lists the commands.\n"
        case .badArguments(let report, let helpCommand): report.plainText + "“\(helpCommand)” explains the options.\n"
        }
    }

    /// The status to exit with, as shells and service managers know it for a wrong command line.
    package static var exitStatus: Int32 { 64 }
}
