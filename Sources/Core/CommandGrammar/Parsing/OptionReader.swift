import MatrixCore

/// Tells options from words.
///
/// In a chat only `--name` is an option, and within a rest only one that the command knows: `:)`, `- ` and `-5` are
/// words. Draupnir also took `-name` and `:name`, so these are options where the command knows the name. Phones write
/// `--` as one long dash.
struct OptionReader {
    enum Reading {
        case word
        case endOfOptions
        case option(OptionDeclaration, value: String?)
        case unknown(String)
    }

    let options: [OptionDeclaration]
    let dialect: Dialect

    func read(_ token: Token, inRest: Bool) -> Reading {
        guard !token.isQuoted else { return .word }
        if equalByBytes(token.text, "--") { return inRest && dialect == .chat ? .word : .endOfOptions }
        let scalars = token.text.unicodeScalars
        let body = scalars.drop(while: isMark)
        let marks = scalars[..<body.startIndex]
        guard !marks.isEmpty, body.first?.isASCIILetter ?? false else { return .word }
        let parts = body.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = Substring(parts[0]).foldedASCII
        let value = parts.count > 1 ? String(Substring(parts[1])) : nil
        let isLong = marks.elementsEqual("--".unicodeScalars)
        switch dialect {
        case .chat:
            if !inRest || isLong, let option = option(named: name) { return .option(option, value: value) }
            return isLong && !inRest ? .unknown("--\(name)") : .word
        case .program:
            let isShort = marks.elementsEqual("-".unicodeScalars)
            guard isLong || isShort else { return .word }
            if isLong, let option = option(named: name) { return .option(option, value: value) }
            if isShort, let option = option(lettered: parts[0]) { return .option(option, value: value) }
            return .unknown(String(Substring(marks)) + String(Substring(parts[0])))
        }
    }

    /// Whether a word behind an option is its value, and not the next option.
    func canBeValue(_ token: Token) -> Bool {
        token.isQuoted || !token.text.utf8.starts(with: "--".utf8)
    }

    func suggestions(for typed: String) -> [String] {
        let bare = String(Substring(typed.unicodeScalars.drop(while: isMark)))
        let name = String(bare.unicodeScalars.prefix { $0 != "=" })
        let names = options.filter { !$0.isHidden && $0.replacement == nil }.map(\.name)
        return closest(to: name, among: names).map { "--\($0)" }
    }

    private func option(named name: String) -> OptionDeclaration? {
        options.first { equalByBytes($0.name, name) }
    }

    private func option(lettered letters: Substring.UnicodeScalarView) -> OptionDeclaration? {
        guard letters.count == 1, let letter = letters.first else { return nil }
        return options.first { $0.letter == letter }
    }

    private func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "-": true
        case ":", "\u{2013}", "\u{2014}": dialect == .chat
        default: false
        }
    }
}
