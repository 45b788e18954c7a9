package import CommandGrammar

extension Phrase {
    package static var ok: Phrase { .coloured("OK", .good) }
    package static var failed: Phrase { .coloured("Failed", .bad) }
}

extension Document {
    /// A command that could not be read: what is wrong, where, and how it is typed.
    package init(_ report: ArgumentReport) {
        self.init {
            "\(report.message)\(report.remedy.map { " " + $0 } ?? "")"
            Block.preformatted(report.context)
            "Usage: \(code: report.usage)"
        }
    }

    /// Everything about one command.
    package init(helpFor command: CommandDescription, program: String = "!draupnir") {
        self.init {
            "\(code: "\(program) \(command.usage)")\n\(command.summary)."
            Phrase(command.details)
            command.argumentList
            if !command.examples.isEmpty {
                Block.preformatted(command.examples.map { "\(program) \($0)" }.joined(separator: "\n"))
            }
        }
    }
}

extension Block {
    /// A command in a list of all: its usage and what it is for, and its arguments to be opened.
    package static func helpEntry(for command: CommandDescription, program: String = "!draupnir") -> Block {
        .details("\(code: "\(program) \(command.usage)") - \(command.summary)") {
            Phrase(command.details)
            command.argumentList
        }
    }
}

extension CommandDescription {
    fileprivate var argumentList: [Block] {
        var items = parameters.map { "\(code: $0.name) - \($0.summary)" as Phrase }
        if let rest { items.append("\(code: rest.name + "…") - \(rest.summary)") }
        items += options.filter { !$0.isHidden }.map { option in
            "\(code: option.kind == nil ? "--\(option.name)" : "--\(option.name) \(option.valueName)") - \(option.summary)"
        }
        return items.isEmpty ? [] : [.list(items)]
    }
}
