import MatrixCore

/// Makes the HTML that Matrix clients show, of the elements that the specification lets through.
///
/// - Source: Matrix spec, Client-Server API, "m.room.message msgtypes".
enum HTMLRenderer {
    static func html(_ blocks: [Block]) -> String { blocks.map { html($0) }.joined() }

    static func html(_ block: Block) -> String {
        switch block {
        case .heading(let phrase, let level):
            let level = min(max(level, 1), 6)
            return "<h\(level)>\(html(phrase))</h\(level)>"
        case .paragraph(let phrase): return "<p>\(html(phrase))</p>"
        case .preformatted(let text): return "<pre><code>\(escaped(text, keepsLines: true))</code></pre>"
        case .list(let list):
            let items = list.items.map { "<li>\(item($0))</li>" }.joined()
            switch list.marker {
            case .bullet: return "<ul>\(items)</ul>"
            case .numbers(from: 1): return "<ol>\(items)</ol>"
            case .numbers(let first): return "<ol start=\"\(first)\">\(items)</ol>"
            }
        case .details(let summary, let blocks):
            return "<details><summary>\(html(summary))</summary>\(html(blocks))</details>"
        case .rule: return "<hr/>"
        }
    }

    /// The first line of an item stands beside its marker.
    static func item(_ blocks: [Block]) -> String {
        guard case .paragraph(let phrase)? = blocks.first else { return html(blocks) }
        return html(phrase) + html(Array(blocks.dropFirst()))
    }

    static func html(_ phrase: Phrase) -> String { phrase.inlines.map { html($0) }.joined() }

    static func html(_ inline: Inline) -> String {
        switch inline {
        case .text(let text): escaped(text)
        case .bold(let phrase): "<strong>\(html(phrase))</strong>"
        case .italic(let phrase): "<em>\(html(phrase))</em>"
        case .code(let text): "<code>\(escaped(text))</code>"
        case .link(let phrase, let url): link(html(phrase), to: url)
        case .coloured(let phrase, let colour): "<span data-mx-color=\"\(colour.hex)\">\(html(phrase))</span>"
        case .user(let user, let name): link(escaped(name ?? user.rawValue), to: Permalink(.user(user)).text)
        case .room(let room, let name): link(escaped(name ?? room.text), to: Permalink(.room(room)).text)
        case .event(let event, let label): link(html(label), to: event.link)
        case .lineBreak: "<br/>"
        }
    }

    private static func link(_ text: String, to url: String) -> String {
        isSafeLink(url) ? "<a href=\"\(escaped(url))\">\(text)</a>" : text
    }

    static func escaped(_ text: String, keepsLines: Bool = false) -> String {
        let text = neutralised(text, keepsLines: keepsLines)
        guard text.utf8.contains(where: { "<>&\"'".utf8.contains($0) }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// Whether a link leads where a reader expects links to lead; `javascript:` and its like are shown as text.
func isSafeLink(_ url: String) -> Bool {
    ["https://", "http://", "matrix:", "mailto:"].contains { url.utf8.starts(with: $0.utf8) }
}
