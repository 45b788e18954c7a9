/// All that is known of a command without running it: its words, what it takes, and how it is explained.
package struct CommandDescription: Sendable {
    /// The words that call it, without the bot's or the program's name.
    package let path: [String]
    /// Other words for the same command; not shown in lists.
    package let aliases: [[String]]
    /// One line, without a full stop.
    package let summary: String
    /// More, in paragraphs between line ends; shown in the command's own help.
    package let details: String
    package let parameters: [ParameterDeclaration]
    package let rest: RestDeclaration?
    package let options: [OptionDeclaration]
    /// Whole commands, without the bot's or the program's name.
    package let examples: [String]

    /// `path` and `aliases` are words with blanks between them.
    ///
    /// Arguments are given in the order in which they are typed; flags and options go anywhere.
    package init(
        _ path: String,
        _ summary: String,
        arguments: [any Argument] = [],
        aliases: [String] = [],
        details: String = "",
        examples: [String] = []
    ) {
        func words(_ text: String) -> [String] {
            text.unicodeScalars.split(whereSeparator: \.separatesWords).map { Substring($0).foldedASCII }
        }
        self.path = words(path)
        self.aliases = aliases.map(words)
        self.summary = summary
        self.details = details
        self.examples = examples
        var parameters: [ParameterDeclaration] = []
        var options: [OptionDeclaration] = []
        var rest: RestDeclaration?
        for argument in arguments {
            switch argument.declaration {
            case .parameter(let parameter): parameters.append(parameter)
            case .option(let option): options.append(option)
            case .rest(let declared):
                precondition(rest == nil, "two arguments of \(path) take the rest")
                rest = declared
            }
        }
        self.parameters = parameters
        self.options = options
        self.rest = rest
    }

    /// Whether what is wrong is only that something is missing that a prompt may ask for; its name.
    package func promptedParameter(after error: ArgumentError) -> String? {
        guard case .missing(let name, _) = error.problem else { return nil }
        let isPrompted = parameters.contains { $0.name == name && $0.isPrompted } || rest?.name == name
        return isPrompted ? name : nil
    }

    package var name: String { path.joined(separator: " ") }

    /// How the command is typed: `kick <user> [--room ROOM] [reason…]`.
    package var usage: String {
        var parts = path
        for parameter in parameters {
            parts.append(parameter.isOptional ? "[\(parameter.name)]" : "<\(parameter.name)>")
        }
        for option in options where !option.isHidden && option.replacement == nil {
            let value = option.kind == nil ? "" : " \(option.valueName)"
            parts.append("[--\(option.name)\(value)]\(option.isRepeatable && option.kind != nil ? "…" : "")")
        }
        if let rest { parts.append("[\(rest.name)…]") }
        return parts.joined(separator: " ")
    }
}
