import CommandGrammar
import MatrixCore
import Testing

@Suite struct CommandTextTests {
    // Draupnir's reader types words while it cuts them; here a word has no type until a parameter asks.
    @Test(arguments: [
        ("hello", ["hello"]),
        ("123", ["123"]),
        ("007", ["007"]),  // Draupnir: 7
        ("-5abc", ["-5abc"]),  // Draupnir: -5 and abc
        ("true false", ["true", "false"]),
        ("true.example.com isfalse", ["true.example.com", "isfalse"]),  // Draupnir: two times false
        (#""hello world""#, ["hello world"]),
        (#""\"hello \"""#, [#""hello ""#]),
        (#""a \ b \\" c""#, [#"a \ b \" c"#]),  // a backslash escapes a quote and nothing else
        (#""unbalanced x"#, [#""unbalanced"#, "x"]),
        (#""a"b"#, ["a", "b"]),
        (#"a"b c"d"#, [#"a"b"#, #"c"d"#]),
        (#""""#, [""]),
        ("\u{201C}curly quotes\u{201D} x", ["curly quotes", "x"]),
        ("\u{201C}curly", ["\u{201C}curly"]),
        ("- bad idea", ["-", "bad", "idea"]),  // Draupnir: " bad" and idea
        (":) --", [":)", "--"]),
        ("--room=!a:b", ["--room=!a:b"]),
        (#"--reason="two words" x"#, ["--reason=two words", "x"]),
        (#"--reason="two"#, [#"--reason="two"#]),
        ("[Some Body](https://matrix.to/#/@a:b) spam", ["[Some Body](https://matrix.to/#/@a:b)", "spam"]),
        ("[Some Body](https://matrix.to/#/@a:b): spam", ["[Some Body](https://matrix.to/#/@a:b)", "spam"]),
        ("[Some Body](https://example.org) x", ["[Some", "Body](https://example.org)", "x"]),
        ("[a\\]b c](matrix:u/a:b)", ["[a\\]b c](matrix:u/a:b)"]),
        ("a\n\u{A0}b\u{2028}c\u{FEFF}", ["a", "b", "c"]),
        ("", []),
        ("  \n", []),
    ])
    func `cuts words`(_ text: String, words: [String]) {
        #expect(CommandText(text[...]).tokens.map(\.text) == words)
    }

    @Test func `every token knows how it was typed`() {
        let text = #" kick "a \" b"  007 "#
        let tokens = CommandText(text[...]).tokens
        #expect(tokens.map { String($0.source) } == ["kick", #""a \" b""#, "007"])
        #expect(tokens.map(\.isQuoted) == [false, true, false])
    }

    @Test(arguments: [
        "", "word", "two words", "\"", "a\"b", "\\", "trailing\\", "--no-confirm", "-x", ":)", "@a:b", "a\nb",
        "[x](https://matrix.to/#/@a:b)", "[x](https://matrix.to/#/@a:b),", "\u{201C}x y\u{201D}", "a\\\"b",
    ])
    func `a quoted text is read back as one word`(_ text: String) {
        let tokens = CommandText(Token.quoting(text)[...]).tokens
        #expect(tokens.map(\.text) == [text])
    }

    @Test func `quoted text that would end in a backslash gets a blank`() {
        #expect(CommandText(Token.quoting("two words\\")[...]).tokens.map(\.text) == ["two words\\ "])
    }

    @Test(arguments: ["word", "@a:b", "#x:y", "!r:s", "https://matrix.to/#/@a:b"])
    func `what needs no quotes gets none`(_ text: String) {
        #expect(Token.quoting(text) == text)
    }
}
