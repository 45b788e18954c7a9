/// What a block costs in an event: its bytes as JSON strings, HTML and plain text together.
///
/// Costs are upper bounds, so that the costs of parts add up to no less than that of the whole.
struct PageSize {
    /// Blanks before each line of the plain text.
    var indentation = 0

    private let renderer = TextRenderer(style: .markdown)
    /// A line end is two bytes in JSON; between blocks there is a blank line.
    private let gap = 4

    func cost(_ block: Block) -> Int { jsonLength(HTMLRenderer.html(block)) + cost(renderer.lines(block)) + gap }

    func cost(item: [Block], _ mark: String) -> Int {
        jsonLength(HTMLRenderer.item(item)) + "<li></li>".utf8.count + cost(renderer.lines(item: item, mark)) + gap
    }

    func cost(_ inline: Inline) -> Int {
        jsonLength(HTMLRenderer.html(inline)) + jsonLength(TextStyle.markdown.text(inline, beginsLine: true))
    }

    /// The most that a scalar of text costs, escaped for HTML, Markdown and JSON.
    func cost(_ scalar: Unicode.Scalar) -> Int {
        let bytes = UTF8.width(scalar)
        if bytes > 1 { return 2 * max(bytes, 3) }
        let isPlain = scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == " "
        return isPlain ? 2 : 12
    }

    private func cost(_ lines: [String]) -> Int {
        lines.reduce(0) { $0 + jsonLength($1) + 2 + indentation }
    }
}

/// The bytes of a text between the quotes of a JSON string.
func jsonLength(_ text: String) -> Int {
    text.utf8.reduce(0) { length, byte in
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x08, 0x09, 0x0A, 0x0C, 0x0D: length + 2
        case ..<0x20: length + 6
        default: length + 1
        }
    }
}
