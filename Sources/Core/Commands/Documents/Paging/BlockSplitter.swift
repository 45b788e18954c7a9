/// Cuts blocks in two where a page ends: what is open there is closed, and opened again on the next page.
<<<<<<< HEAD
struct BlockSplitter {
    /// What fits on an empty page; a block that does is not cut without need.
    var page: Int
    var size = PageSize()

    /// The longest beginning that costs no more than `room`, and what is left.
    func split(_ blocks: [Block], room: Int) -> (head: [Block], tail: [Block]) {
        var head: [Block] = []
        var left = room
        for (index, block) in blocks.enumerated() {
            let cost = size.cost(block)
            if cost <= left {
                head.append(block)
                left -= cost
                continue
            }
            let (begun, ended) = split(block, cost: cost, room: left)
            if let begun { head.append(begun) }
            return (head, (ended.map { [$0] } ?? []) + blocks[(index + 1)...])
        }
        return (head, [])
    }

    private func split(_ block: Block, cost: Int, room: Int) -> (head: Block?, tail: Block?) {
        switch block {
        case .list(let list): return split(list, room: room)
        case .details(let summary, let blocks):
            let around = size.cost(.details(Self.continued(summary), blocks: []))
            var inner = self
            inner.page -= around
            let (head, tail) = inner.split(blocks, room: room - around)
            guard !head.isEmpty else { return (nil, block) }
            return (.details(summary, blocks: head), .details(Self.continued(summary), blocks: tail))
        case .rule: return (nil, block)
        case .heading, .paragraph, .preformatted:
            // A text goes to the next page whole, unless it is longer than that.
            guard cost > page || room >= page else { return (nil, block) }
=======
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
>>>>>>> grammar
            return cut(block, room: room)
        }
    }

<<<<<<< HEAD
    private func cut(_ block: Block, room: Int) -> (head: Block?, tail: Block?) {
        switch block {
        case .heading(let phrase, let level):
            let (head, tail) = phrase.cut(at: room - size.cost(.heading("", level: level)), size)
            return (head.map { .heading($0, level: level) }, tail.map { .heading($0, level: level) })
        case .paragraph(let phrase):
            let (head, tail) = phrase.cut(at: room - size.cost(.paragraph("")), size)
            return (head.map { .paragraph($0) }, tail.map { .paragraph($0) })
        case .preformatted(let text):
            // Each line costs its indentation, and the fences may have to be longer than three.
            let fences = 2 * longestRun(of: "`", in: text)
            let (head, tail) = text.cut(at: room - size.cost(.preformatted("")) - fences, size, keepsLines: true)
            return (head.isEmpty ? nil : .preformatted(head), tail.isEmpty ? nil : .preformatted(tail))
        case .list, .details, .rule: return (nil, block)
        }
    }

    private func split(_ list: Block.List, room: Int) -> (head: Block?, tail: Block?) {
        let around = size.cost(.list(Block.List(.numbers(from: .max), items: [])))
        var left = room - around
        for (index, item) in list.items.enumerated() {
            let mark = TextRenderer.mark(list.marker, index)
            let cost = size.cost(item: item, mark)
            if cost <= left {
                left -= cost
=======
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
>>>>>>> grammar
                continue
            }
            var head = Array(list.items[..<index])
            var tail = Array(list.items[index...])
            // A short item goes to the next page whole.
<<<<<<< HEAD
            if cost > page / 4 {
                var inner = self
                let aroundItem = size.cost(item: [], mark)
                inner.size.indentation += max(4, mark.utf8.count)
                inner.page -= around + aroundItem
                let (begun, ended) = inner.split(item, room: left - aroundItem)
                if !begun.isEmpty {
                    head.append(begun)
                    tail[0] = ended
                }
            }
            guard !head.isEmpty else { return (nil, .list(list)) }
            return (.list(list.keeping(head, from: 0)), .list(list.keeping(tail, from: index)))
        }
        return (.list(list), nil)
=======
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
>>>>>>> grammar
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
<<<<<<< HEAD
        case .numbers(let first): Self(.numbers(from: first + index), items: items)
=======
        case .numbers(let first): Self(.numbers(from: first &+ index), items: items)
>>>>>>> grammar
        }
    }
}
