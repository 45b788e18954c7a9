/// An `ArgumentError` in words, for a moderator in the chat and an operator at a terminal alike.
package struct ArgumentReport: Sendable, Equatable {
    /// What is wrong, in a sentence.
    package let message: String
    /// How the command is typed, the name of the bot or program in front.
    package let usage: String
    /// Two lines: the command as far as the word at fault, and a caret under that word with what was expected.
    package let context: String
    /// What to do about it, in a sentence; nil where the message says it all.
    package let remedy: String?

    /// `program` is what stands before the command: `draupnir`, or `!draupnir`.
    ///
    /// `tokens` are the words behind the command's own.
    package init(
        _ error: ArgumentError,
        in command: CommandDescription,
        tokens: some Collection<Token>,
        program: String = "draupnir"
    ) {
        let tokens = Array(tokens)
        let fault = error.position < tokens.count ? shown(tokens[error.position].text) : ""
        message = error.problem.sentence(about: fault, command: command.name)
        usage = "\(program) \(command.usage)"
        context = caretLines(
            before: [program] + command.path + tokens.prefix(error.position).map { shown(String($0.source)) },
            at: error.position < tokens.count ? shown(String(tokens[error.position].source)) : "",
            expected: error.problem.expectation
        )
        remedy = error.suggestions.isEmpty ? error.problem.remedy : Self.question(error.suggestions)
    }

    /// All of it for a terminal, ending in a line end.
    package var plainText: String {
        var lines = [message, context]
        if let remedy { lines.append(remedy) }
        lines.append("Usage: \(usage)")
        return lines.joined(separator: "\n") + "\n"
    }

    static func question(_ suggestions: [String]) -> String {
        "Did you mean \(suggestions.joined(separator: " or "))?"
    }
}

extension ArgumentError.Problem {
    fileprivate func sentence(about word: String, command: String) -> String {
        switch self {
        case .missing(let parameter, let kind): "<\(parameter)> is missing: \(kind.expectation)."
        case .unreadable(_, let kind, let reason), .unreadableValue(_, let kind, let reason):
            reason.sentence(about: word, wanting: kind)
        case .unexpected: "“\(command)” does not take “\(word)”."
        case .unknownOption(let option): "“\(command)” has no option \(shown(option))."
        case .missingValue(let option, let kind): "--\(option) needs a value: \(kind.expectation)."
        case .flagWithValue(let option): "--\(option) takes no value; only =true and =false are understood."
        case .repeated(let option): "--\(option) was given twice."
        }
    }

    fileprivate var expectation: String {
        switch self {
        case .missing(let parameter, let kind): "expected <\(parameter)>: \(kind.expectation)"
        case .unreadable(let parameter, let kind, _): "expected <\(parameter)>: \(kind.expectation)"
        case .unexpected: "nothing was expected here"
        case .unknownOption: "no such option"
        case .missingValue(_, let kind): "expected a value behind it: \(kind.expectation)"
        case .unreadableValue(let option, let kind, _): "expected for --\(option): \(kind.expectation)"
        case .flagWithValue(let option): "expected --\(option) alone"
        case .repeated: "given before"
        }
    }

    fileprivate var remedy: String? {
        switch self {
        case .unexpected: "Text of several words needs quotes around it: \"like this\"."
        case .unknownOption: "To write a word that begins with --, put -- and a blank before it."
        case .repeated: "Leave one of them out."
        case .missing, .unreadable, .missingValue, .unreadableValue, .flagWithValue: nil
        }
    }
}

/// Long words are cut, and what is not printable is replaced: the words come from whoever typed them.
private func shown(_ text: String, longest: Int = 60) -> String {
    var printable = ""
    for scalar in text.unicodeScalars.prefix(longest) {
        printable.unicodeScalars.append(scalar.isPrintable ? scalar : scalar.separatesWords ? " " : "\u{FFFD}")
    }
    return text.unicodeScalars.count > longest ? printable + "…" : printable
}

extension Unicode.Scalar {
    /// Not a control, a line end or an invisible mark, such as those that turn the direction of writing.
    fileprivate var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}

/// The caret's column is counted in scalars, which is right for most scripts.
private func caretLines(before words: [String], at fault: String, expected: String) -> String {
    var before = words.joined(separator: " ") + " "
    let widest = 70
    if before.unicodeScalars.count > widest {
        before = "…" + String(before.unicodeScalars.suffix(widest))
    }
    let indentation = String(repeating: " ", count: before.unicodeScalars.count)
    return "\(before)\(fault)\n\(indentation)^ \(expected)"
}
