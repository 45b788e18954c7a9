/// A document in pieces that each fit into an event, in HTML and plain text alike.
///
/// The tree is cut and not the text, so that both formats break at the same place and every page is whole.
package struct DocumentPages: Sendable {
    package let pages: [Document]
    /// How many lines found no place; the last page says so.
    package let omittedLines: Int

    /// The bytes of a page's HTML and plain text as JSON strings together.
    ///
    /// An event may have 65,536 bytes, of which the homeserver takes some and encryption a quarter. Around the text an
    /// event of ours has less than 1,000 bytes, which leaves the whole below 40,000.
    package static let usualSize = 38_500

    /// `limit` is the most pages; `reserved` the bytes to be added to the first.
    ///
    /// `remedy` tells how to see what found no place.
    package init(
        _ document: Document,
        limit: Int = 5,
        size: Int = usualSize,
        reserved: Int = 0,
        remedy: Phrase = ""
    ) {
        var rest = document.blocks.flatMap { $0.flatteningLongSummaries(beyond: size / 4) }
        var pages: [[Block]] = []
        var omitted = 0
        let noteCost = PageSize().cost(Self.note(.max, remedy))
        while !rest.isEmpty, pages.count < limit {
            let isLast = pages.count == limit - 1
            let room = size - (pages.isEmpty ? reserved : 0) - (isLast ? noteCost : 0)
            let part = BlockSplitter(page: room).split(rest, room: room)
            var (head, tail) = (part.head, part.tail)
            guard !head.isEmpty else {
                // A link longer than a page, or the like: it is told as left out.
                omitted += rest.removeFirst().lineCount
                continue
            }
            if !tail.isEmpty, head.count > 1, case .heading? = head.last { tail.insert(head.removeLast(), at: 0) }
            pages.append(head)
            rest = tail
        }
        omitted += rest.reduce(0) { $0 + $1.lineCount }
        if omitted > 0 {
            if pages.isEmpty { pages.append([]) }
            pages[pages.count - 1].append(Self.note(omitted, remedy))
        }
        self.pages = pages.map { Document($0) }
        omittedLines = omitted
    }

    private static func note(_ lines: Int, _ remedy: Phrase) -> Block {
        let what: Phrase = lines == 1 ? "One more line is not shown." : "\(lines) more lines are not shown."
        return .paragraph(.italic(remedy.isEmpty ? what : "\(what) \(remedy)"))
    }
}

extension Block {
    /// A summary is repeated on each page that its details go on to, so a long one stands before them instead.
    fileprivate func flatteningLongSummaries(beyond limit: Int) -> [Block] {
        switch self {
        case .details(let summary, let blocks):
            let blocks = blocks.flatMap { $0.flatteningLongSummaries(beyond: limit) }
            let isLong = PageSize().cost(.paragraph(summary)) > limit
            return isLong ? [.paragraph(summary)] + blocks : [.details(summary, blocks: blocks)]
        case .list(var list):
            list.items = list.items.map { $0.flatMap { $0.flatteningLongSummaries(beyond: limit) } }
            return [.list(list)]
        case .heading, .paragraph, .preformatted, .rule: return [self]
        }
    }

    fileprivate var lineCount: Int {
        switch self {
        case .heading, .paragraph: 1
        case .preformatted(let text): text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
        case .list(let list): list.items.reduce(0) { $0 + $1.reduce(0) { $0 + $1.lineCount } }
        case .details(_, let blocks): blocks.reduce(1) { $0 + $1.lineCount }
        case .rule: 0
        }
    }
}
