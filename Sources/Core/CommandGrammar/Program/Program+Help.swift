extension Program {
    /// The program's own help: its commands, a line each.
    package var help: String {
        "\(summary).\n\nUsage: \(name) <command> [options]\n\nCommands:\n"
            + rows(table.entries.map { ($0.description.name, $0.description.summary) })
            + "\n“\(name) <command> --help” explains a command; “\(name) --version” tells the version.\n"
    }

    func list(_ commands: [CommandDescription]) -> String {
        "Commands:\n" + rows(commands.map { ($0.name, $0.summary) })
    }

    /// A command's help: how it is typed, what it takes, and examples.
    package func help(for command: CommandDescription) -> String {
        var parts = ["\(command.summary).\n", "Usage: \(name) \(command.shortUsage)\n"]
        for paragraph in command.details.unicodeScalars.split(separator: "\n") {
            parts.append(wrapped(String(Substring(paragraph)), indentation: 0) + "\n")
        }
        var arguments = command.parameters.map { ("<\($0.name)>", $0.summary) }
        if let rest = command.rest { arguments.append(("[\(rest.name)…]", rest.summary)) }
        if !arguments.isEmpty { parts.append("Arguments:\n" + rows(arguments)) }
        let options = command.options.filter { !$0.isHidden }.map { ($0.spelling, $0.explanation) }
        parts.append("Options:\n" + rows(options + [("--help", "Shows this")]))
        if !command.examples.isEmpty {
            parts.append("Examples:\n" + command.examples.map { "  \(name) \($0)\n" }.joined())
        }
        return parts.joined(separator: "\n")
    }

    /// Two columns; a long left side gets a line of its own.
    private func rows(_ rows: [(left: String, right: String)]) -> String {
        let widest = rows.map(\.left.unicodeScalars.count).filter { $0 <= 30 }.max() ?? 0
        return rows.map { left, right in
            let text = wrapped(right, indentation: widest + 4)
            guard left.unicodeScalars.count <= widest else {
                return "  \(left)\n\(String(repeating: " ", count: widest + 4))\(text)\n"
            }
            return "  \(left)\(String(repeating: " ", count: widest - left.unicodeScalars.count + 2))\(text)\n"
        }.joined()
    }

    /// Breaks lines between words at 80 columns; the first line is already indented.
    private func wrapped(_ text: String, indentation: Int) -> String {
        var column = indentation
        var result = ""
        for word in text.unicodeScalars.split(whereSeparator: \.separatesWords) {
            let isFirst = column == indentation
            if !isFirst, column + 1 + word.count > 80 {
                result += "\n" + String(repeating: " ", count: indentation)
                column = indentation
            } else if !isFirst {
                result += " "
                column += 1
            }
            result += String(Substring(word))
            column += word.count
        }
        return result
    }
}

extension CommandDescription {
    /// The usage without each option, of which a program's command may have dozens.
    fileprivate var shortUsage: String {
        guard options.count > 3 else { return usage }
        let parameters = parameters.map { $0.isOptional ? "[\($0.name)]" : "<\($0.name)>" }
        return (path + ["[options]"] + parameters + (rest.map { ["[\($0.name)…]"] } ?? [])).joined(separator: " ")
    }
}

extension OptionDeclaration {
    fileprivate var spelling: String {
        let short = letter.map { "-\($0), " } ?? ""
        return kind == nil ? "\(short)--\(name)" : "\(short)--\(name) \(valueName)"
    }

    fileprivate var explanation: String {
        let repeats = isRepeatable && kind != nil ? "; may be given several times" : ""
        return summary + repeats + (replacement.map { " (deprecated: use --\($0))" } ?? "")
    }
}
