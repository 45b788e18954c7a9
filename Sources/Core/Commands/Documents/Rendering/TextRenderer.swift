/// Makes lines of blocks, for readers without HTML.
struct TextRenderer {
    let style: TextStyle

    func lines(_ blocks: [Block]) -> [String] {
        var lines: [String] = []
        for (number, block) in blocks.enumerated() {
            if number > 0 { lines.append("") }
            lines += self.lines(block)
        }
        return lines
    }

    func lines(_ block: Block) -> [String] {
        switch block {
        case .heading(let phrase, let level):
            switch style {
            case .markdown:
                let marks = String(repeating: "#", count: min(max(level, 1), 6))
                return ["\(marks) \(oneLine(phrase))"]
            case .terminal: return split(style.text(Phrase([.bold(phrase)])))
            }
        case .paragraph(let phrase): return split(style.text(phrase))
        case .preformatted(let text): return preformatted(text)
        case .list(let list): return lines(list)
        case .details(let summary, let blocks):
            guard style != .markdown else { return split(style.text(Phrase([.bold(summary)]))) + [""] + lines(blocks) }
            return split(style.text(Phrase([.bold(summary)]))) + lines(blocks).map { indented($0, by: 2) }
        case .rule: return [style == .markdown ? "---" : String(repeating: "─", count: 40)]
        }
    }

    private func lines(_ list: Block.List) -> [String] {
        var lines: [String] = []
        for (offset, item) in list.items.enumerated() {
            lines += self.lines(item: item, Self.mark(list.marker, offset))
        }
        return lines
    }

    static func mark(_ marker: Block.List.Marker, _ offset: Int) -> String {
        switch marker {
        case .bullet: " * "
        case .numbers(let first): " \(first &+ offset). "
        }
    }

    /// The first line beside the mark, the others under it.
    func lines(item: [Block], _ mark: String) -> [String] {
        var content: [String] = []
        for (number, block) in item.enumerated() {
            // A list stands right under the line that it belongs to; paragraphs are set apart.
            if number > 0, case .paragraph = block { content.append("") }
            content += lines(block)
        }
        let width = max(4, mark.utf8.count)
        return content.enumerated().map { number, line in number == 0 ? mark + line : indented(line, by: width) }
    }

    private func preformatted(_ text: String) -> [String] {
        let lines = split(neutralised(text, keepsLines: true))
        guard style == .markdown else { return lines }
        let fence = String(repeating: "`", count: max(3, longestRun(of: "`", in: text) + 1))
        return [fence] + lines + [fence]
    }

    private func oneLine(_ phrase: Phrase) -> String {
        split(style.text(phrase, beginsLine: false)).joined(separator: " ")
    }

    private func indented(_ line: String, by width: Int) -> String {
        line.isEmpty ? "" : String(repeating: " ", count: width) + line
    }

    private func split(_ text: String) -> [String] {
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String(Substring($0)) }
    }
}
