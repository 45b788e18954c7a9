import CommandGrammar
import Commands
import MatrixCore
import Testing

@Suite struct DocumentRenderingTests {
    private static let user = try? UserID(parsing: "@spam bot:evil.example")
    private static let server = try? ServerName(parsing: "a.org")

    @Test(
        arguments: [
            (.heading("Title", level: 1), "<h1>Title</h1>", "# Title", "Title"),
            (.heading("Title"), "<h4>Title</h4>", "#### Title", "Title"),
            (.heading("T", level: 9), "<h6>T</h6>", "###### T", "T"),
            (.paragraph("a\nb"), "<p>a<br/>b</p>", "a\nb", "a\nb"),
            (.paragraph("\(bold: "b") \(italic: "i")"), "<p><strong>b</strong> <em>i</em></p>", "**b** *i*", "b i"),
            (.paragraph("\(code: "c")"), "<p><code>c</code></p>", "`c`", "c"),
            (.paragraph("\(code: "a`b``c")"), "<p><code>a`b``c</code></p>", "```a`b``c```", "a`b``c"),
            (.paragraph("\(code: "`")"), "<p><code>`</code></p>", "`` ` ``", "`"),
            (.preformatted("a\n  b"), "<pre><code>a\n  b</code></pre>", "```\na\n  b\n```", "a\n  b"),
            (.preformatted("```"), "<pre><code>```</code></pre>", "````\n```\n````", "```"),
            (.rule, "<hr/>", "---", String(repeating: "─", count: 40)),
            (.paragraph(.ok), "<p><span data-mx-color=\"#7cfc00\">OK</span></p>", "OK", "OK"),
            (
                .paragraph("\(link: "docs", to: "https://a.org/x?a=1&b=(2)")"),
                "<p><a href=\"https://a.org/x?a=1&amp;b=(2)\">docs</a></p>", "[docs](https://a.org/x?a=1&b=%282%29)",
                "docs (https://a.org/x?a=1&b=(2))"
            ),
            (.paragraph("\(link: "x", to: "javascript:alert(1)")"), "<p>x</p>", "x", "x"),
            (.list(["a", "b"]), "<ul><li>a</li><li>b</li></ul>", " * a\n * b", " * a\n * b"),
            (.numbered(["a", "b"]), "<ol><li>a</li><li>b</li></ol>", " 1. a\n 2. b", " 1. a\n 2. b"),
            (
                .list(Block.List(.numbers(from: 10), items: [[.paragraph("a")]])), "<ol start=\"10\"><li>a</li></ol>",
                " 10. a", " 10. a"
            ),
            (
                .list(Block.List(items: [[.paragraph("a"), .list(["b", "c"]), .paragraph("d")]])),
                "<ul><li>a<ul><li>b</li><li>c</li></ul><p>d</p></li></ul>", " * a\n     * b\n     * c\n\n    d",
                " * a\n     * b\n     * c\n\n    d"
            ),
            (
                .details("S", blocks: [.paragraph("a")]), "<details><summary>S</summary><p>a</p></details>",
                "**S**\n\na", "S\n  a"
            ),
        ] as [(Block, String, String, String)]
    )
    func `renders each block`(_ block: Block, html: String, markdown: String, terminal: String) {
        let document = Document([block])
        #expect(document.html == html)
        #expect(document.markdown == markdown)
        #expect(document.text(.terminal(colours: false)) == terminal)
    }

    @Test func `blocks are set apart by a blank line`() {
        let document = Document {
            "a"
            Block.list(["b"])
            "c"
        }
        #expect(document.markdown == "a\n\n * b\n\nc")
        #expect(document.html == "<p>a</p><ul><li>b</li></ul><p>c</p>")
    }

    @Test func `people, rooms, messages and servers are linked or can be copied`() throws {
        let user = try #require(Self.user)
        let server = try #require(Self.server)
        let room = RoomReference(try RoomID(parsing: "!r:a.org"), via: [server])
        let event = EventReference(try EventID(parsing: "$e"), in: room)
        let document = Document { "\(user) \(user, named: "*Eve*") \(room) \(server) \(event)" }
        #expect(
            document.html == """
                <p><a href="https://matrix.to/#/%40spam%20bot%3Aevil.example">@spam bot:evil.example</a> \
                <a href="https://matrix.to/#/%40spam%20bot%3Aevil.example">*Eve*</a> \
                <a href="https://matrix.to/#/!r%3Aa.org?via=a.org">!r:a.org</a> \
                <code>a.org</code> \
                <a href="https://matrix.to/#/!r%3Aa.org/%24e?via=a.org">message</a></p>
                """
        )
        #expect(
            document.markdown == """
                @spam bot:evil.example \\*Eve\\* (@spam bot:evil.example) !r:a.org `a.org` \
                [message](https://matrix.to/#/!r%3Aa.org/%24e?via=a.org)
                """
        )
    }

    @Test func `entities are set as what they are`() throws {
        func entity(_ text: String) throws -> Entity {
            let command = CommandDescription("x", "x", arguments: [Self.entity])
            return try command.parse(CommandText(text[...]).tokens)[Self.entity]
        }
        let document = try Document {
            try "\(entity("@a:b")) \(entity("@*:b")) \(entity("*.b")) \(entity("#x:y"))" as Phrase
        }
        #expect(
            document.html == """
                <p><a href="https://matrix.to/#/%40a%3Ab">@a:b</a> <code>@*:b</code> <code>*.b</code> \
                <a href="https://matrix.to/#/%23x%3Ay">#x:y</a></p>
                """
        )
    }

    private static let entity = Parameter("entity", .entity, "")

    @Test(arguments: [
        ("<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;", "\\<b>&\"'"),
        ("[x](https://evil)", "[x](https://evil)", "\\[x\\](https://evil)"),
        ("**b** `c` ~s~ \\", "**b** `c` ~s~ \\", "\\*\\*b\\*\\* \\`c\\` \\~s\\~ \\\\"),
        ("snake_case _em_", "snake_case _em_", "snake_case \\_em\\_"),
        ("# x", "# x", "\\# x"),
        ("> x", "&gt; x", "\\> x"),
        ("- x", "- x", "\\- x"),
        ("1. x", "1. x", "1\\. x"),
        ("a # - 1. x > y", "a # - 1. x &gt; y", "a # - 1. x > y"),
        ("a\nb\r\nc\u{2028}d", "a b c d", "a b c d"),
        ("a\u{0}\u{1B}[31m\u{9F}", "a\u{FFFD}\u{FFFD}[31m\u{FFFD}", "a\u{FFFD}\u{FFFD}\\[31m\u{FFFD}"),
        ("a\u{202E}b\u{2066}c", "a\u{FFFD}b\u{FFFD}c", "a\u{FFFD}b\u{FFFD}c"),
        ("👩‍👩‍👧 e\u{301} 名", "👩‍👩‍👧 e\u{301} 名", "👩‍👩‍👧 e\u{301} 名"),
    ])
    func `text from elsewhere stays text`(_ name: String, html: String, markdown: String) {
        let document = Document { "\(name)" }
        #expect(document.html.utf8.elementsEqual("<p>\(html)</p>".utf8))
        #expect(document.markdown.utf8.elementsEqual(markdown.utf8))
    }

    @Test func `hostile text cannot leave where it was put`() {
        let hostile = "</code></pre>\n```\n`` ` \u{202E}<img src=x>"
        let document = Document {
            Block.heading("\(hostile)")
            "\(code: hostile)"
            Block.preformatted(hostile)
            Block.details("\(hostile)") { "\(hostile)" }
        }
        #expect(unbalancedTags(in: document.html) == [])
        #expect(!document.html.contains("<img"))
        #expect(!document.html.unicodeScalars.contains("\u{202E}"))
        #expect(!document.markdown.unicodeScalars.contains("\u{202E}"))
        #expect(document.markdown.hasPrefix("#### \\</code>"))
        let escapes = document.text(.terminal(colours: false)).unicodeScalars.filter { $0 == "\u{1B}" }
        #expect(escapes.isEmpty)
    }

    @Test func `a terminal may have colours`() {
        let document = Document { "\(bold: "b") \(.failed) \(code: "c\u{1B}[0m")" }
        #expect(
            document.text(.terminal(colours: true))
                == "\u{1B}[1mb\u{1B}[22;23m \u{1B}[31mFailed\u{1B}[39m \u{1B}[36mc\u{FFFD}[0m\u{1B}[39m"
        )
    }

    @Test func `a document is built by conditions and loops`() {
        let names = ["a", "b"]
        let nobody: String? = nil
        let document = Document {
            if names.isEmpty { "nobody" } else { Block.heading("\(names.count) users") }
            for name in names { "\(name)" }
            if let nobody { "\(nobody)" }
            Block.list(names) { name in
                "\(name)"
                Block.list([1, 2].map { "\($0)" })
            }
            Phrase("")
        }
        #expect(
            document.blocks == [
                .heading("2 users", level: 4), .paragraph(Phrase("a")), .paragraph(Phrase("b")),
                .list(
                    Block.List(items: [
                        [.paragraph(Phrase("a")), .list(["1", "2"])], [.paragraph(Phrase("b")), .list(["1", "2"])],
                    ])
                ),
            ]
        )
    }

    @Test func `a command that cannot be read is answered with usage and a caret`() {
        let command = CommandDescription("rooms add", "Protects", arguments: [Parameter("room", .room, "Which")])
        let tokens = CommandText("@a:b").tokens
        do {
            _ = try command.parse(tokens)
            Issue.record("was read")
        } catch {
            let text = Document(ArgumentReport(error, in: command, tokens: tokens)).markdown
            #expect(text.contains("```\ndraupnir rooms add @a:b\n                   ^ expected <room>"))
            #expect(text.hasSuffix("Usage: `draupnir rooms add <room>`"))
        }
    }

    @Test func `help names every argument`() {
        let command = CommandDescription(
            "kick",
            "Kicks a user",
            arguments: [
                Parameter("user", .user, "Whom"), Option("room", .room, "Where"), Flag("glob", "Glob"),
                RestOfText("reason", "Why"), Flag("old", "Ignored", isHidden: true),
            ],
            examples: ["kick @a:b spam"]
        )
        #expect(
            Document(helpFor: command).markdown == """
                `!draupnir kick <user> [--room ROOM] [--glob] [reason…]`
                Kicks a user.

                 * `user` - Whom
                 * `reason…` - Why
                 * `--room ROOM` - Where
                 * `--glob` - Glob

                ```
                !draupnir kick @a:b spam
                ```
                """
        )
    }
}
