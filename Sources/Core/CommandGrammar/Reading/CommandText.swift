/// A command as it was typed, cut into words.
///
/// Words end at white space; line ends are white space. Three things may hold white space: text in quotes, the value of
/// `--option="…"`, and a pill that a client wrote as a Markdown link.
package struct CommandText: Sendable {
    package let text: Substring
    package let tokens: [Token]

    package init(_ text: Substring) {
        self.text = text
        var reader = TokenReader(text)
        tokens = reader.readAll()
    }
}

private struct TokenReader {
    /// A longer link text is no display name, and looking for its end at every `[` would cost the square of the length.
    private static let longestLinkText = 512

    private let scalars: Substring.UnicodeScalarView
    private let text: Substring
    private var place: Substring.Index
    /// Quotation marks that were looked for and are not there any more, so that none is looked for twice.
    private var missingMarks: Set<Unicode.Scalar> = []

    init(_ text: Substring) {
        self.text = text
        scalars = text.unicodeScalars
        place = scalars.startIndex
    }

    mutating func readAll() -> [Token] {
        var tokens: [Token] = []
        while true {
            skipSpace()
            guard let first = scalar(at: place) else { return tokens }
            if let closing = closingMark(for: first), let token = readQuoted(until: closing) {
                tokens.append(token)
            } else if first == "[", let pill = readPill() {
                tokens.append(pill)
            } else {
                tokens.append(readWord())
            }
        }
    }

    private func scalar(at index: Substring.Index) -> Unicode.Scalar? {
        index < scalars.endIndex ? scalars[index] : nil
    }

    private mutating func skipSpace() {
        while let next = scalar(at: place), next.separatesWords { scalars.formIndex(after: &place) }
    }

    /// Phones turn straight quotes into curly ones.
    private func closingMark(for scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar {
        case "\"": "\""
        case "\u{201C}": "\u{201D}"
        default: nil
        }
    }

    /// Reads from an opening mark at `place`; nil, with nothing read, where the closing one is missing.
    private mutating func readQuoted(until mark: Unicode.Scalar) -> Token? {
        let start = place
        guard let content = quotedContent(from: start, until: mark) else { return nil }
        place = content.end
        return Token(content.text, source: text[start..<place], isQuoted: true)
    }

    private mutating func quotedContent(
        from start: Substring.Index,
        until mark: Unicode.Scalar
    ) -> (text: String, end: Substring.Index)? {
        guard !missingMarks.contains(mark) else { return nil }
        var content = ""
        var index = scalars.index(after: start)
        while let next = scalar(at: index) {
            scalars.formIndex(after: &index)
            if next == mark { return (content, index) }
            if next == "\\", scalar(at: index) == mark {
                content.unicodeScalars.append(mark)
                scalars.formIndex(after: &index)
            } else {
                content.unicodeScalars.append(next)
            }
        }
        missingMarks.insert(mark)
        return nil
    }

    /// Reads `[text](link)` where the link is one that Matrix clients make; one `:` or `,` behind it is swallowed.
    private mutating func readPill() -> Token? {
        let start = place
        guard let end = endOfMarkdownLink(in: scalars, from: start, longestText: Self.longestLinkText) else {
            return nil
        }
        var after = end
        if let next = scalar(at: end), next == ":" || next == "," {
            let behind = scalars.index(after: end)
            if scalar(at: behind)?.separatesWords ?? true { after = behind }
        }
        place = after
        return Token(String(text[start..<end]), source: text[start..<after])
    }

    private mutating func readWord() -> Token {
        let start = place
        let isOption = text[start...].utf8.starts(with: "--".utf8)
        var word = ""
        while let next = scalar(at: place), !next.separatesWords {
            scalars.formIndex(after: &place)
            word.unicodeScalars.append(next)
            if isOption, next == "=", let opening = scalar(at: place), let closing = closingMark(for: opening),
                let content = quotedContent(from: place, until: closing)
            {
                word += content.text
                place = content.end
                break
            }
        }
        return Token(word, source: text[start..<place])
    }
}

/// Where a Markdown link to something on Matrix ends; nil where none begins at `start`.
func endOfMarkdownLink(
    in scalars: Substring.UnicodeScalarView,
    from start: Substring.Index,
    longestText: Int = 512
) -> Substring.Index? {
    guard let link = markdownLink(in: scalars, from: start, longestText: longestText) else { return nil }
    return link.end
}

/// The target of a Markdown link that begins at `start`, where it is one that Matrix clients make.
func markdownLink(
    in scalars: Substring.UnicodeScalarView,
    from start: Substring.Index,
    longestText: Int = 512
) -> (target: Substring, end: Substring.Index)? {
    guard start < scalars.endIndex, scalars[start] == "[" else { return nil }
    var index = scalars.index(after: start)
    var length = 0
    while true {
        guard index < scalars.endIndex, length < longestText else { return nil }
        let isClosing = scalars[index] == "]"
        scalars.formIndex(after: &index)
        length += 1
        if isClosing, index < scalars.endIndex, scalars[index] == "(" { break }
    }
    let target = scalars.index(after: index)
    let rest = Substring(scalars[target...])
    guard rest.utf8.starts(with: "https://matrix.to/".utf8) || rest.utf8.starts(with: "matrix:".utf8),
        let end = scalars[target...].firstIndex(where: { $0 == ")" || $0.separatesWords }), scalars[end] == ")"
    else { return nil }
    return (Substring(scalars[target..<end]), scalars.index(after: end))
}
