/// Who typed the words.
package enum Dialect: Sendable {
    /// A person in a chat, whose client may have changed dashes, and who writes `:)` and `- ` in reasons.
    case chat
    /// A shell: every word that begins with a dash is meant as an option.
    case program
}

extension CommandDescription {
    /// Fits words to what the command takes.
    ///
    /// `tokens` are those behind the command's own words.
    package func parse(
        _ tokens: some Collection<Token>,
        dialect: Dialect = .chat
    ) throws(ArgumentError) -> ParsedArguments {
        var parser = ArgumentParser(self, Array(tokens), dialect)
        return try parser.parse()
    }
}

private struct ArgumentParser {
    private let command: CommandDescription
    private let tokens: [Token]
    private let reader: OptionReader
    private var position = 0
    private var nextParameter = 0
    private var hasRestBegun = false
    private var haveOptionsEnded = false
    /// The words of the rest, in unbroken runs, so that each run comes out as it was typed.
    private var restRuns: [ClosedRange<Int>] = []
    private var parsed: ParsedArguments

    init(_ command: CommandDescription, _ tokens: [Token], _ dialect: Dialect) {
        self.command = command
        self.tokens = tokens
        reader = OptionReader(options: command.options, dialect: dialect)
        parsed = ParsedArguments(items: tokens.map { String($0.source) })
    }

    mutating func parse() throws(ArgumentError) -> ParsedArguments {
        while position < tokens.count {
            let token = tokens[position]
            switch haveOptionsEnded ? .word : reader.read(token, inRest: hasRestBegun) {
            case .word: try takeWord(token)
            case .endOfOptions:
                haveOptionsEnded = true
                position += 1
            case .option(let option, let value): try takeOption(option, value)
            case .unknown(let name):
                throw ArgumentError(.unknownOption(name), at: position, suggestions: reader.suggestions(for: name))
            }
        }
        try checkNothingMissing()
        parsed.restText = restText
        return parsed
    }

    private mutating func takeWord(_ token: Token) throws(ArgumentError) {
        while nextParameter < command.parameters.count {
            let parameter = command.parameters[nextParameter]
            nextParameter += 1
            do {
                parsed.values[parameter.name] = try parameter.kind.read(token)
                position += 1
                return
            } catch {
                if parameter.isOptional, command.rest != nil || nextParameter < command.parameters.count { continue }
                throw ArgumentError(
                    .unreadable(parameter: parameter.name, parameter.kind, error),
                    at: position,
                    suggestions: error.suggestions
                )
            }
        }
        guard let rest = command.rest else {
            throw ArgumentError(.unexpected, at: position, suggestions: reader.suggestions(for: token.text))
        }
        try takeRest(token, rest)
    }

    private mutating func takeRest(_ token: Token, _ rest: RestDeclaration) throws(ArgumentError) {
        hasRestBegun = true
        if let kind = rest.kind {
            do {
                parsed.restWords.append(try kind.read(token))
            } catch {
                throw ArgumentError(
                    .unreadable(parameter: rest.name, kind, error),
                    at: position,
                    suggestions: error.suggestions
                )
            }
        }
        if let last = restRuns.last, last.upperBound == position - 1 {
            restRuns[restRuns.count - 1] = last.lowerBound...position
        } else {
            restRuns.append(position...position)
        }
        position += 1
    }

    private mutating func takeOption(_ option: OptionDeclaration, _ attached: String?) throws(ArgumentError) {
        let place = position
        position += 1
        guard let kind = option.kind else {
            guard let attached else { return parsed.flags[option.name] = true }
            guard let value = try? readBoolean(attached) else {
                throw ArgumentError(.flagWithValue(option: option.name), at: place)
            }
            return parsed.flags[option.name] = value
        }
        let token: Token
        if let attached {
            token = Token(attached)
        } else {
            guard position < tokens.count, reader.canBeValue(tokens[position]) else {
                throw ArgumentError(.missingValue(option: option.name, kind), at: place)
            }
            token = tokens[position]
            position += 1
        }
        if !option.isRepeatable, parsed.optionValues[option.name] != nil {
            throw ArgumentError(.repeated(option: option.name), at: place)
        }
        do {
            parsed.optionValues[option.name, default: []].append(try kind.read(token))
        } catch {
            throw ArgumentError(
                .unreadableValue(option: option.name, kind, error),
                at: position - 1,
                suggestions: error.suggestions
            )
        }
    }

    private func checkNothingMissing() throws(ArgumentError) {
        let missing = command.parameters.dropFirst(nextParameter).first { !$0.isOptional }
        if let missing {
            throw ArgumentError(.missing(parameter: missing.name, missing.kind), at: tokens.count)
        }
        if let rest = command.rest, rest.isPrompted, restRuns.isEmpty {
            throw ArgumentError(.missing(parameter: rest.name, rest.kind ?? .text), at: tokens.count)
        }
    }

    private var restText: String {
        if restRuns.count == 1, restRuns[0].count == 1, tokens[restRuns[0].lowerBound].isQuoted {
            return tokens[restRuns[0].lowerBound].text
        }
        let runs = restRuns.map { run -> String in
            let (first, last) = (tokens[run.lowerBound].source, tokens[run.upperBound].source)
            // Words of one chat message share one text; those of a command line do not.
            guard reader.dialect == .chat else { return tokens[run].map(\.text).joined(separator: " ") }
            return String(Substring(first.base[first.startIndex..<last.endIndex]))
        }
        return runs.joined(separator: " ")
    }
}

extension Unreadable {
    fileprivate var suggestions: [String] {
        if case .noSuchChoice(let suggestions) = self { suggestions } else { [] }
    }
}
