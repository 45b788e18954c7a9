import MatrixCore

extension TextStyle {
    /// The phrase, with line ends only where it has line breaks.
    ///
    /// `beginsLine` says that nothing stands before it, where Markdown would see a heading, a list or a quote.
    func text(_ phrase: Phrase, beginsLine: Bool = true) -> String {
        var result = ""
        for (number, inline) in phrase.inlines.enumerated() {
            let beginsLine = number == 0 ? beginsLine : phrase.inlines[number - 1] == .lineBreak
            result += text(inline, beginsLine: beginsLine)
        }
        return result
    }

    func text(_ inline: Inline, beginsLine: Bool = false) -> String {
        switch inline {
        case .text(let text): plain(text, beginsLine: beginsLine)
        case .bold(let phrase): wrap(text(phrase, beginsLine: false), markdown: "**", escape: "1")
        case .italic(let phrase): wrap(text(phrase, beginsLine: false), markdown: "*", escape: "3")
        case .code(let text): code(text)
        case .link(let phrase, let url): link(text(phrase, beginsLine: beginsLine), to: url)
        case .coloured(let phrase, let colour): coloured(text(phrase, beginsLine: beginsLine), colour)
        case .user(let user, let name): named(user.rawValue, name)
        case .room(let room, let name): named(room.text, name)
        case .event(let event, let label): link(text(label, beginsLine: beginsLine), to: event.link)
        case .lineBreak: "\n"
        }
    }

    private func plain(_ text: String, beginsLine: Bool) -> String {
        let text = neutralised(text)
        return self == .markdown ? escapedMarkdown(text, beginsLine: beginsLine) : text
    }

    private func wrap(_ text: String, markdown: String, escape: String) -> String {
        switch self {
        case .markdown: text.isEmpty ? "" : markdown + text + markdown
        case .terminal(colours: true): "\u{1B}[\(escape)m\(text)\u{1B}[22;23m"
        case .terminal(colours: false): text
        }
    }

    private func code(_ text: String) -> String {
        let text = neutralised(text)
        switch self {
        case .markdown:
            let fence = String(repeating: "`", count: longestRun(of: "`", in: text) + 1)
            let needsBlank = text.utf8.first == UInt8(ascii: "`") || text.utf8.last == UInt8(ascii: "`")
            return needsBlank ? "\(fence) \(text) \(fence)" : fence + text + fence
        case .terminal(colours: true): return "\u{1B}[36m\(text)\u{1B}[39m"
        case .terminal(colours: false): return text
        }
    }

    private func link(_ text: String, to url: String) -> String {
        guard isSafeLink(url) else { return text }
        let url = neutralised(url)
        switch self {
        case .markdown: return "[\(text)](\(escapedTarget(url)))"
        case .terminal: return equalByBytes(text, url) ? url : "\(text) (\(url))"
        }
    }

    private func coloured(_ text: String, _ colour: Colour) -> String {
        guard self == .terminal(colours: true) else { return text }
        let code =
            switch colour {
            case .good: "32"
            case .bad: "31"
            case .warning: "33"
            }
        return "\u{1B}[\(code)m\(text)\u{1B}[39m"
    }

    /// An ID stands as it is, so that it can be copied; a name does not stand without the ID.
    private func named(_ id: String, _ name: String?) -> String {
        let id = neutralised(id)
        guard let name, !name.isEmpty, !equalByBytes(name, id) else { return id }
        return "\(plain(name, beginsLine: false)) (\(id))"
    }
}

/// A closing bracket would end the link before its end.
private func escapedTarget(_ url: String) -> String {
    var result = ""
    for scalar in url.unicodeScalars {
        switch scalar {
        case "(": result += "%28"
        case ")": result += "%29"
        case " ": result += "%20"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

func longestRun(of scalar: Unicode.Scalar, in text: String) -> Int {
    var longest = 0
    var current = 0
    for next in text.unicodeScalars {
        current = next == scalar ? current + 1 : 0
        longest = max(longest, current)
    }
    return longest
}
