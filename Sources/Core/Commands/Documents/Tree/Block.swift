/// A part of a document that stands on lines of its own.
package indirect enum Block: Sendable, Equatable {
    /// `level` is from 1, the largest, to 6.
    case heading(Phrase, level: Int)
    case paragraph(Phrase)
    /// Text whose blanks and line ends count.
    case preformatted(String)
    case list(List)
    /// Blocks that a reader opens by a click on the summary.
    case details(Phrase, blocks: [Block])
    case rule

    package struct List: Sendable, Equatable {
        package enum Marker: Sendable, Equatable {
            case bullet
            /// The number of the first item.
            case numbers(from: Int)
        }

        package var marker: Marker
        package var items: [[Block]]

        package init(_ marker: Marker = .bullet, items: [[Block]]) {
            self.marker = marker
            self.items = items
        }
    }

    package static func heading(_ phrase: Phrase) -> Block { .heading(phrase, level: 4) }

    package static func list(_ items: [Phrase]) -> Block { .list(List(items: items.map { [.paragraph($0)] })) }

    package static func numbered(_ items: [Phrase]) -> Block {
        .list(List(.numbers(from: 1), items: items.map { [.paragraph($0)] }))
    }

    /// A list of an item for each element, which may hold further blocks behind its first line.
    package static func list<Elements: Sequence>(
        _ elements: Elements,
        @DocumentBuilder item: (Elements.Element) throws -> [Block]
    ) rethrows -> Block {
        .list(List(items: try elements.map(item)))
    }

    package static func details(_ summary: Phrase, @DocumentBuilder _ blocks: () throws -> [Block]) rethrows -> Block {
        .details(summary, blocks: try blocks())
    }
}
