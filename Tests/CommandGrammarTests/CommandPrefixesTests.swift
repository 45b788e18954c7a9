import CommandGrammar
import MatrixCore
import Testing

@Suite struct CommandPrefixesTests {
    private static func prefixes(_ change: (inout CommandPrefixes) -> Void = { _ in }) throws -> CommandPrefixes {
        var prefixes = CommandPrefixes(
            bot: try UserID(parsing: "@draupnir:example.com"),
            displayName: "My Draupnir bot that is fluffy",
            additional: ["mjolnir"]
        )
        change(&prefixes)
        return prefixes
    }

    @Test(arguments: [
        ("!draupnir ban", " ban"),
        ("!mjolnir ban", " ban"),
        ("!DRAUPNIR ban", " ban"),
        ("!@draupnir:example.com ban", " ban"),
        ("!draupnir", ""),
        ("  !draupnir\n ban  a", "\n ban  a"),  // the rest is untouched
        ("!draupnir: ban", " ban"),  // Draupnir took no colon here; people write one
        ("!draupnir kick @a:b \"two  words\"", " kick @a:b \"two  words\""),
        ("My Draupnir bot that is fluffy ban", " ban"),
        ("My Draupnir bot that is fluffy: ban", " ban"),
        ("My Draupnir bot that is fluffy : ban", " ban"),
        ("My  Draupnir bot\u{A0}that is fluffy ban", " ban"),
        ("[@draupnir:example.com](https://matrix.to/#/@draupnir:example.com): ban", " ban"),
        ("[@draupnir:example.com](https://matrix.to/#/@draupnir:example.com) ban", " ban"),
        ("[Draupnir](https://matrix.to/#/%40draupnir%3Aexample.com): ban", " ban"),
        ("<https://matrix.to/#/@draupnir:example.com> ban", " ban"),
    ])
    func `takes what speaks to the bot`(_ body: String, rest: String) throws {
        #expect(try Self.prefixes().command(in: body).map { String($0.text) } == rest)
    }

    @Test(arguments: [
        "draupnir ban", "!ban", "! draupnir ban", "!draupnirs ban", "", " ", "!", "!:", "* !draupnir ban",
        "my draupnir bot that is fluffy ban", "My Draupnir bot that is", "My Draupnir bot that is fluffy!",
        "[@other:example.com](https://matrix.to/#/@other:example.com): ban",
        "[x](https://example.com/#/@draupnir:example.com): ban", "<https://matrix.to/#/@draupnir:example.com ban",
        "> <@a:b> !draupnir ban",
    ])
    func `leaves alone what does not`(_ body: String) throws {
        #expect(try Self.prefixes().command(in: body) == nil)
    }

    @Test(arguments: [("!Moderation ban", " ban"), ("!MODERATION ban", " ban"), ("!moderation ban", " ban")])
    func `does not care about the case of a configured prefix`(_ body: String, rest: String) throws {
        let prefixes = try Self.prefixes { $0.additional = ["Moderation"] }
        #expect(prefixes.command(in: body).map { String($0.text) } == rest)
    }

    @Test(arguments: [nil, "", "  ", "\u{FEFF}"] as [String?], ["hello", "", "ban @a:b"])
    func `a blank display name does not make every message a command`(_ name: String?, body: String) throws {
        let prefixes = try Self.prefixes { $0.displayName = name }
        #expect(prefixes.command(in: body) == nil)
    }

    @Test func `empty symbols and prefixes from a configuration are no prefixes`() throws {
        let prefixes = try Self.prefixes {
            $0.symbols = ["", "!"]
            $0.additional = [""]
            $0.allowsNoPrefix = true
        }
        #expect(prefixes.command(in: "hello") == nil)
        #expect(prefixes.command(in: "! hello") == nil)
    }

    @Test func `without a display name the user ID is what clients write`() throws {
        let prefixes = try Self.prefixes { $0.displayName = nil }
        #expect(prefixes.command(in: "@draupnir:example.com: ban").map { String($0.text) } == " ban")
    }

    @Test(
        arguments: [
            (".ban @foo:localhost:9999 coc spam", "ban @foo:localhost:9999 coc spam", .symbol),
            (".list create coc coc", "list create coc coc", .symbol),
            (".draupnir ban", " ban", .prefix),
            ("Draupnir: ban", " ban", .displayName),
        ] as [(String, String, AddressedCommand.Address)]
    )
    func `a symbol alone may be enough`(_ body: String, rest: String, address: AddressedCommand.Address) throws {
        let prefixes = try Self.prefixes {
            $0.displayName = "Draupnir"
            $0.symbols = ["."]
            $0.allowsNoPrefix = true
        }
        let command = try #require(prefixes.command(in: body))
        #expect(String(command.text) == rest)
        #expect(command.address == address)
    }

    @Test func `the longest of the symbols is stripped`() throws {
        let prefixes = try Self.prefixes {
            $0.symbols = ["!", "!!"]
            $0.allowsNoPrefix = true
        }
        #expect(prefixes.command(in: "!!ban").map { String($0.text) } == "ban")
        #expect(prefixes.command(in: "!!draupnir ban").map { String($0.text) } == " ban")
    }
}
