extension Phrase {
    /// Cuts where the beginning costs no more than `room`, in the middle of a text if need be.
    func cut(at room: Int, _ size: PageSize) -> (head: Phrase?, tail: Phrase?) {
        var left = room
        for (index, inline) in inlines.enumerated() {
            let cost = size.cost(inline)
            if cost <= left {
                left -= cost
                continue
            }
            let (begun, ended) = inline.cut(at: left, size)
            let head = Phrase(inlines[..<index] + (begun.map { [$0] } ?? []))
            let tail = Phrase((ended.map { [$0] } ?? []) + inlines[(index + 1)...])
            return (head.isEmpty ? nil : head, tail.isEmpty ? nil : tail)
        }
        return (self, nil)
    }
}

extension Inline {
    fileprivate func cut(at room: Int, _ size: PageSize) -> (head: Inline?, tail: Inline?) {
        func cut(_ phrase: Phrase, _ wrap: (Phrase) -> Inline) -> (head: Inline?, tail: Inline?) {
            let (head, tail) = phrase.cut(at: room - size.cost(wrap("")), size)
            return (head.map(wrap), tail.map(wrap))
        }
        switch self {
        case .text(let text):
            let (head, tail) = text.cut(at: room, size)
            return (head.isEmpty ? nil : .text(head), tail.isEmpty ? nil : .text(tail))
        case .code(let text):
            let fences = 2 * longestRun(of: "`", in: text) + 2
            let (head, tail) = text.cut(at: room - size.cost(.code("")) - fences, size)
            return (head.isEmpty ? nil : .code(head), tail.isEmpty ? nil : .code(tail))
        case .bold(let phrase): return cut(phrase) { .bold($0) }
        case .italic(let phrase): return cut(phrase) { .italic($0) }
        case .coloured(let phrase, let colour): return cut(phrase) { .coloured($0, colour) }
        case .link(let phrase, let url): return cut(phrase) { .link($0, to: url) }
        case .user, .room, .event, .lineBreak: return (nil, self)
        }
    }
}

extension String {
    /// Cuts at the last blank or line end that fits, if there is one near; else between any two scalars.
    func cut(at room: Int, _ size: PageSize, keepsLines: Bool = false) -> (head: String, tail: String) {
        var left = room
        var end = unicodeScalars.startIndex
        var lastBlank: String.Index?
        var sinceBlank = 0
        while end < unicodeScalars.endIndex {
            let scalar = unicodeScalars[end]
            let cost = size.cost(scalar) + (keepsLines && scalar.properties.isWhitespace ? size.indentation : 0)
            guard cost <= left else { break }
            left -= cost
            unicodeScalars.formIndex(after: &end)
            sinceBlank += 1
            if keepsLines ? scalar == "\n" : scalar.properties.isWhitespace {
                lastBlank = end
                sinceBlank = 0
            }
        }
        if end < unicodeScalars.endIndex, let lastBlank, sinceBlank < 500 { end = lastBlank }
        return (String(self[..<end]), String(self[end...]))
    }
}
