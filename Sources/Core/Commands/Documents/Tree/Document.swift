/// What the bot says: one tree, from which HTML, plain text and terminal text are made.
///
///     Document {
///         Block.heading("Watched lists")
///         if lists.isEmpty { "There are none." }
///         Block.list(lists) { list in "\(list.room) has \(list.rules.count) rules" }
///     }
package struct Document: Sendable, Equatable {
    package var blocks: [Block]

    package init(_ blocks: [Block] = []) { self.blocks = blocks }
    package init(@DocumentBuilder _ blocks: () throws -> [Block]) rethrows { self.blocks = try blocks() }

    package var isEmpty: Bool { blocks.isEmpty }
}

/// Makes blocks of what stands in braces: a phrase is a paragraph.
@resultBuilder package enum DocumentBuilder {
    package static func buildExpression(_ phrase: Phrase) -> [Block] { phrase.isEmpty ? [] : [.paragraph(phrase)] }
    package static func buildExpression(_ block: Block) -> [Block] { [block] }
    package static func buildExpression(_ blocks: [Block]) -> [Block] { blocks }
    package static func buildExpression(_ document: Document) -> [Block] { document.blocks }
    package static func buildBlock(_ parts: [Block]...) -> [Block] { parts.flatMap(\.self) }
    package static func buildOptional(_ part: [Block]?) -> [Block] { part ?? [] }
    package static func buildEither(first: [Block]) -> [Block] { first }
    package static func buildEither(second: [Block]) -> [Block] { second }
    package static func buildArray(_ parts: [[Block]]) -> [Block] { parts.flatMap(\.self) }
    package static func buildLimitedAvailability(_ part: [Block]) -> [Block] { part }
}
