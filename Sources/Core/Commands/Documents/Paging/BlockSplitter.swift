/// Cuts blocks in two where a page ends: what is open there is closed, and opened again on the next page.
///
/// Only what goes onto the page is measured, so that a long document costs no more than its pages.
struct BlockSplitter {
    /// What fits on an empty page; a text that does is not cut without need.
    var page: Int
    var size = PageSize()

    struct Part {
        var head: [Block] = []
        var tail: [Block] = []
        /// What `head` costs.
        var cost = 0
    }

    /// The longest beginning that costs no more than `room`, and what is left.
    func split(_ blocks: [Block], room: Int) -> Part {
        var part = Part()
        for (index, block) in blocks.enumerated() {
            let next = split(block, room: room - part.cost)
            part.head += next.head
            part.cost += next.cost
            guard next.tail.isEmpty else {
                part.tail = next.tail + blocks[(index + 1)...]
                break
            }
        }
        return part
    }

    private func split(_ block: Block, room: Int) -> Part {
        switch block {
        case .list(let list): return split(list, room: room)
        case .details(let summary, let blocks): return split(summary, blocks, room: room)
        case .heading, .paragraph, .preformatted, .rule:
            let cost = size.cost(block)
            if cost <= room { return Part(head: [block], cost: cost) }
            // A text goes to the next page whole, unless it is longer than that.
            guard cost > page || room >= page else { return Part(tail: [block]) }
            return cut(block, room: room)
        }
    }

    private func cut(_ block: Block, room: Int) -> Part {
        let head: Block?
        let tail: Block?
        switch block {
        case .heading(let phrase, let level):
            let parts = phrase.cut(at: room - size.cost(.heading("", level: level)), size)
            head = parts.head.map { .heading($0, level: level) }
            tail = parts.tail.map { .heading($0, level: level) }
        case .paragraph(let phrase):
            let parts = phrase.cut(at: room - size.cost(.paragraph("")), size)
            head = parts.head.map { .paragraph($0) }
            tail = parts.tail.map { .paragraph($0) }
        case .preformatted(let text):
            // The fences may have to be longer than three.
            let fences = 2 * longestRun(of: "`", in: text)
            let parts = text.cut(at: room - size.cost(.preformatted("")) - fences, size, keepsLines: true)
            head = parts.head.isEmpty ? nil : .preformatted(parts.head)
            tail = parts.tail.isEmpty ? nil : .preformatted(parts.tail)
        case .list, .details, .rule:
            (head, tail) = (nil, block)
        }
        // Texts are cut by an upper bound, by which the whole may not fit although it does.
        return Part(head: head.map { [$0] } ?? [], tail: tail.map { [$0] } ?? [], cost: max(room, 0))
    }

    private func split(_ summary: Phrase, _ blocks: [Block], room: Int) -> Part {
        let around = size.cost(.details(Self.continued(summary), blocks: []))
        guard around <= room else { return Part(tail: [.details(summary, blocks: blocks)]) }
        var inner = self
        inner.page -= around
        let part = inner.split(blocks, room: room - around)
        if part.tail.isEmpty { return Part(head: [.details(summary, blocks: blocks)], cost: around + part.cost) }
        guard !part.head.isEmpty else { return Part(tail: [.details(summary, blocks: blocks)]) }
        return Part(
            head: [.details(summary, blocks: part.head)],
            tail: [.details(Self.continued(summary), blocks: part.tail)],
            cost: around + part.cost
        )
    }

    private func split(_ list: Block.List, room: Int) -> Part {
        let around = size.cost(.list(Block.List(.numbers(from: .max), items: [])))
        guard around <= room else { return Part(tail: [.list(list)]) }
        var cost = around
        for (index, item) in list.items.enumerated() {
            let mark = TextRenderer.mark(list.marker, index)
            let aroundItem = size.cost(item: [], mark)
            var inner = self
            inner.size.indentation += max(4, mark.utf8.count)
            inner.page -= around + aroundItem
            let part = inner.split(item, room: room - cost - aroundItem)
            if part.tail.isEmpty, cost + aroundItem + part.cost <= room {
                cost += aroundItem + part.cost
                continue
            }
            var head = Array(list.items[..<index])
            var tail = Array(list.items[index...])
            // A short item goes to the next page whole.
            if !part.head.isEmpty, size.cost(item: item, mark) > page / 4 {
                head.append(part.head)
                tail[0] = part.tail
                cost += aroundItem + part.cost
            }
            guard !head.isEmpty else { return Part(tail: [.list(list)]) }
            return Part(
                head: [.list(list.keeping(head, from: 0))],
                tail: [.list(list.keeping(tail, from: index))],
                cost: cost
            )
        }
        return Part(head: [.list(list)], cost: cost)
    }

    private static func continued(_ summary: Phrase) -> Phrase {
        summary.inlines.last == continuation ? summary : summary + Phrase([continuation])
    }

    private static let continuation = Inline.text(" (continued)")
}

extension Block.List {
    fileprivate func keeping(_ items: [[Block]], from index: Int) -> Self {
        switch marker {
        case .bullet: Self(.bullet, items: items)
        case .numbers(let first): Self(.numbers(from: first &+ index), items: items)
        }
    }
}
