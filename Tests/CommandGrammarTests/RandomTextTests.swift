import CommandGrammar
import MatrixCore
import Testing
import TestSupport

/// Whatever is typed, reading it ends, in time that grows with its length.
@Suite(.timeLimit(.minutes(1))) struct RandomTextTests {
    private static let pieces = [
        "!", "draupnir", "@", ":", "a.org", "#", "$", " ", "\n", "\"", "\\", "--", "-", "=", "room", "dry-run", "[",
        "](", ")", "https://matrix.to/#/", "%40", "%", "?via=", "&", "matrix:u/", "<", ">", "*", "?", "\u{301}",
        "\u{202E}", "\u{201C}", "\u{201D}", "\u{0}", "\u{FEFF}", "\r\n", "👩‍👩‍👧", "9223372036854775808", "1h", "ban",
        "kick",
        "rules", "matching",
    ]

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `random text is read or refused`(_ seed: UInt64) throws {
        var generator = SeededNumbers(seed: seed)
        let prefixes = CommandPrefixes(
            bot: try UserID(parsing: "@draupnir:a.org"),
            displayName: "D B",
            allowsNoPrefix: true
        )
        let table = CommandTable(allCommands) { $0 }
        for _ in 0..<100 {
            var text = seed % 2 == 0 ? "!draupnir " : ""
            for _ in 0..<Int.random(in: 0..<30, using: &generator) {
                text += Self.pieces.randomElement(using: &generator) ?? ""
            }
            if Bool.random(using: &generator) {
                let bytes = (0..<40).map { _ in UInt8.random(in: 0...255, using: &generator) }
                text += String(decoding: bytes, as: UTF8.self)
            }
            _ = prefixes.command(in: text)
            let tokens = CommandText(text[...]).tokens
            _ = table.lookup(tokens)
            for command in allCommands {
                do {
                    let parsed = try command.parse(tokens)
                    let again = CommandText(parsed.items.joined(separator: " ")[...]).tokens
                    #expect(again.map(\.text) == tokens.map(\.text))
                } catch {
                    #expect((0...tokens.count).contains(error.position))
                    #expect(!ArgumentReport(error, in: command, tokens: tokens).message.isEmpty)
                }
            }
            let quoted = CommandText(Token.quoting(text)[...]).tokens
            #expect(quoted.count == 1)
            let isExact = quoted.first.map { equalByBytes($0.text, text) } ?? false
            #expect(isExact || text.utf8.last == UInt8(ascii: "\\"))
        }
    }

    @Test(arguments: [
        "[", "\"", "\\\"", "[a](", "\u{201C}", "--=\"", "a ", "@:", "<", "](", "[](https://matrix.to/", "-",
    ])
    func `an event full of one thing is read in time`(_ piece: String) throws {
        let text = String(repeating: piece + " ", count: 20_000) + String(repeating: piece, count: 20_000)
        let prefixes = CommandPrefixes(bot: try UserID(parsing: "@draupnir:a.org"), allowsNoPrefix: true)
        _ = prefixes.command(in: text)
        let tokens = CommandText(text[...]).tokens
        _ = CommandTable(allCommands) { $0 }.lookup(tokens)
        #expect((try? Bare.status.parse(tokens)) == nil)
    }
}
