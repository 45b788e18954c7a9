import Commands
import JSON
import MatrixCore
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(1))) struct DocumentPagesTests {
    @Test func `what fits stays one page`() {
        let document = Document { "a" }
        #expect(DocumentPages(document).pages == [document])
        #expect(DocumentPages(Document()).pages == [])
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func `pages are whole, small enough and lose nothing`(_ seed: UInt64) {
        var generator = SeededNumbers(seed: seed)
        let document = Document((0..<15).map { _ in generator.block(depth: 3) })
        let size = seed % 2 == 0 ? 3_000 : DocumentPages.usualSize
        let pages = DocumentPages(document, limit: .max, size: size)
        #expect(pages.omittedLines == 0)
        #expect(pages.pages.map(\.allText).joined().utf8.elementsEqual(document.allText.utf8))
        for page in pages.pages {
            #expect(unbalancedTags(in: page.html) == [])
            #expect(page.messageContent().encoded().count < size + 500)
            #expect(!page.isEmpty)
        }
    }

    @Test func `an event stays below 40,000 bytes with all that is around the text`() throws {
        let text = String(repeating: "“名前” <b> ", count: 6_000)
        let pages = DocumentPages(Document { "\(text)" }, limit: .max).pages
        #expect(pages.count > 4)
        let long = try EventID(parsing: "$" + String(repeating: "x", count: 200))
        for (number, page) in pages.enumerated() {
            let content = page.messageContent(.to(long, thread: long), page: number, firstPage: long)
            #expect(content.encoded().count < 40_000)
            // Not wasteful either: pages are cut by an upper bound.
            if number < pages.count - 1 { #expect(content.encoded().count > 20_000) }
        }
    }

    @Test(arguments: [0, 1, 100, 300], 0..<2 as Range<UInt64>)
    func `pages too small for much end too, and tell what is missing`(_ size: Int, seed: UInt64) {
        var generator = SeededNumbers(seed: seed)
        let document = Document((0..<10).map { _ in generator.block(depth: 2) })
        let pages = DocumentPages(document, limit: .max, size: size)
        let isWhole = pages.pages.map(\.allText).joined().utf8.elementsEqual(document.allText.utf8)
        #expect(isWhole || pages.omittedLines > 0)
    }

    @Test func `a list goes on with its next number`() {
        let items = (1...2_000).map { "item \($0) \(String(repeating: "x", count: 50))" as Phrase }
        let pages = DocumentPages(Document { Block.numbered(items) }, limit: .max).pages
        #expect(pages.count > 2)
        var next = 1
        for page in pages {
            guard case .list(let list)? = page.blocks.first else {
                Issue.record("not a list")
                return
            }
            #expect(list.marker == .numbers(from: next))
            next += list.items.count
        }
        #expect(next == 2_001)
    }

    @Test func `an item that is cut keeps its number`() {
        let long = String(repeating: "word ", count: 10_000)
        let pages = DocumentPages(Document { Block.numbered(["short", Phrase(long), "end"]) }, limit: .max).pages
        #expect(pages.count == 3)
        #expect(pages[0].html.hasPrefix("<ol><li>short</li><li>word"))
        #expect(pages[1].html.hasPrefix("<ol start=\"2\"><li>word"))
        #expect(pages[2].html.hasSuffix("</li><li>end</li></ol>"))
    }

    @Test func `blanks before the lines of nested lists are counted`() {
        let lines = String(repeating: "a\n", count: 20_000)
        let nested = (0..<6).reduce(Block.preformatted(lines)) { inner, _ in .list(Block.List(items: [[inner]])) }
        let pages = DocumentPages(Document([nested]), limit: .max).pages
        #expect(pages.count > 5)
        for page in pages { #expect(page.messageContent().encoded().count < 40_000) }
    }

    @Test func `details are closed and opened again`() {
        let items = (0..<1_500).map { "entry \($0) \(String(repeating: "y", count: 30))" as Phrase }
        let document = Document { Block.details("All") { Block.list(items) } }
        let pages = DocumentPages(document, limit: .max).pages
        #expect(pages.count > 1)
        #expect(pages[0].html.hasPrefix("<details><summary>All</summary><ul><li>entry 0 "))
        for page in pages.dropFirst() {
            #expect(page.html.hasPrefix("<details><summary>All (continued)</summary><ul><li>entry "))
        }
    }

    @Test func `a heading is not left alone at the end of a page`() {
        let filler = String(repeating: "x", count: 900)
        let document = Document {
            for _ in 0..<4 { "\(filler)" }
            Block.heading("Next")
            "\(filler)"
        }
        for size in stride(from: 2_000, to: 12_000, by: 100) {
            for page in DocumentPages(document, limit: .max, size: size).pages where page.blocks.count > 1 {
                if case .heading? = page.blocks.last { Issue.record("heading at the end, size \(size)") }
            }
        }
    }

    @Test func `what is too much is counted and told`() {
        let items = (0..<10_000).map { "entry \($0) \(String(repeating: "z", count: 40))" as Phrase }
        let document = Document { Block.list(items) }
        let pages = DocumentPages(document, limit: 3, remedy: "Name an entity to see fewer.")
        #expect(pages.pages.count == 3)
        let shown = pages.pages.map { page -> Int in
            if case .list(let list)? = page.blocks.first { list.items.count } else { 0 }
        }.reduce(0, +)
        #expect(shown > 300)
        #expect(pages.omittedLines == 10_000 - shown)
        #expect(
            pages.pages[2].markdown.hasSuffix(
                "\n\n*\(pages.omittedLines) more lines are not shown. Name an entity to see fewer.*"
            )
        )
        for page in pages.pages { #expect(page.messageContent().encoded().count < 40_000) }
    }

    @Test func `room is kept on the first page for what is added to it`() {
        let text = String(repeating: "word ", count: 20_000)
        let pages = DocumentPages(Document { "\(text)" }, limit: .max, reserved: 10_000).pages
        var extra = JSONObject()
        extra["prompt"] = .string(String(repeating: "p", count: 9_900))
        #expect(pages[0].messageContent(extra: extra).encoded().count < 40_000)
    }

    @Test func `what fits on no page is told and does not stop the rest`() {
        let url = "https://example.org/" + String(repeating: "u", count: 50_000)
        let document = Document {
            "before"
            "\(link: "link", to: url)"
            "after"
        }
        let pages = DocumentPages(document)
        #expect(pages.omittedLines == 1)
        #expect(pages.pages.map(\.allText).joined() == "beforeafterOne more line is not shown.")
    }
}
