import CommandGrammar
import Testing

@Suite struct ArgumentReportTests {
    private static func report(_ command: CommandDescription, _ text: String) -> ArgumentReport? {
        let tokens = CommandText(text[...]).tokens
        do {
            _ = try command.parse(tokens)
            return nil
        } catch {
            return ArgumentReport(error, in: command, tokens: tokens)
        }
    }

    @Test func `a caret stands under the word at fault`() throws {
        let report = try #require(Self.report(Bare.add, "@a:b"))
        #expect(
            report.context == """
                draupnir rooms add @a:b
                                   ^ expected <room>: a room: its ID, an alias such as #room:example.org, or a link
                """
        )
        #expect(report.usage == "draupnir rooms add <room>")
        #expect(report.message.hasPrefix("“@a:b” is not a room"))
        #expect(report.remedy == nil)
    }

    @Test func `a caret stands where a word is missing`() throws {
        let report = try #require(Self.report(Bare.add, ""))
        let lines = report.context.split(separator: "\n")
        #expect(lines[0] == "draupnir rooms add ")
        #expect(lines[1].hasPrefix("                   ^ expected <room>"))
    }

    @Test(arguments: [
        (Kick.description, "@a:b --dryrun", "Did you mean --dry-run?"),
        (Bare.status, "x", "Text of several words needs quotes around it: \"like this\"."),
        (Kick.description, "@a:b --zzz", "To write a word that begins with --, put -- and a blank before it."),
    ])
    func `says what to do`(_ command: CommandDescription, text: String, remedy: String) throws {
        #expect(try #require(Self.report(command, text)).remedy == remedy)
    }

    @Test(arguments: [
        ("@spam", "“@spam” looks like a user ID, but the server is missing, as in @spam:example.org."),
        (
            "notaserver",
            "“notaserver” does not look like a server name, which has a dot (example.org) or a port (notaserver:8448)."
        ),
        ("@a:b,", "“b,” in “@a:b,” is not a server name."),
    ])
    func `says why an entity is refused`(_ text: String, message: String) throws {
        #expect(try #require(Self.report(Ban.description, text)).message == message)
    }

    @Test func `foreign text cannot break out of the report`() throws {
        let hostile = "a\u{1B}[31m\u{202E}b\u{0}" + String(repeating: "x", count: 5_000)
        let report = try #require(Self.report(Bare.status, "\"\(hostile)\n\""))
        #expect(report.context.split(separator: "\n").count == 2)
        for text in [report.message, report.context, report.plainText] {
            #expect(!text.unicodeScalars.contains { ["\u{1B}", "\u{202E}", "\u{0}"].contains($0) })
            #expect(text.utf8.count < 1_000)
        }
    }

    @Test func `a long command is cut before the word at fault`() throws {
        let words = String(repeating: "!r:s ", count: 200)
        let report = try #require(Self.report(Powerlevel.description, "@a:b 5 \(words) nowhere"))
        let lines = report.context.split(separator: "\n")
        #expect(lines[0].hasPrefix("…"))
        #expect(lines[0].hasSuffix(" nowhere"))
        #expect(lines[0].count < 100)
        #expect(lines[1].prefix { $0 == " " }.count == lines[0].count - "nowhere".count)
    }
}
