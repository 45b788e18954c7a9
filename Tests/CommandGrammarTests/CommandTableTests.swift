import CommandGrammar
import Testing

@Suite struct CommandTableTests {
    private static let table = CommandTable(allCommands) { $0 }

    private static func lookup(_ text: String) -> CommandTable<CommandDescription>.Lookup {
        table.lookup(CommandText(text[...]).tokens)
    }

    @Test(arguments: [
        ("kick @a:b", "kick", ["@a:b"]),
        ("KICK @a:b", "kick", ["@a:b"]),
        ("rooms", "rooms", []),
        ("rooms add !r:s", "rooms add", ["!r:s"]),
        ("rules matching members", "rules matching members", []),
        ("rules matching \"members\"", "rules matching", ["members"]),  // quotes make it a value
        ("rules matching example.org", "rules matching", ["example.org"]),
        ("pardon @a:b", "unban", ["@a:b"]),
        ("rooms --help", "rooms", ["--help"]),
        ("status x", "status", ["x"]),
    ])
    func `finds the command with the most words`(_ text: String, name: String, rest: [String]) {
        guard case .found(let entry, _, let tokens) = Self.lookup(text) else {
            Issue.record("not found")
            return
        }
        #expect(entry.command.name == name)
        #expect(tokens.map(\.text) == rest)
    }

    @Test(arguments: [
        ("bann @a:b", "bann", ["ban"]),
        ("unbna @a:b", "unbna", ["unban"]),
        ("statsu", "statsu", ["status"]),
        ("rooms ad !r:s", "rooms ad", ["rooms add"]),
        ("rule matching x", "rule", ["rules", "rules matching", "rules matching members"]),
        ("rules machting x", "rules machting", ["rules matching", "rules matching members"]),
        ("enable X", "enable", ["protections enable"]),
        ("create x", "create", ["list create"]),
        ("list craete", "list craete", ["list create"]),
        ("zzzzzzzz", "zzzzzzzz", []),
        ("@a:b", "@a:b", []),
    ])
    func `suggests what may have been meant`(_ text: String, typed: String, suggestions: [String]) {
        guard case .unknown(let found, let candidates) = Self.lookup(text) else {
            Issue.record("not unknown")
            return
        }
        #expect(found == typed)
        #expect(candidates.map(\.name) == suggestions)
    }

    @Test(arguments: [("list", ["list create"]), ("protections", ["protections enable"])])
    func `lists how a command may go on`(_ text: String, candidates: [String]) {
        guard case .incomplete(_, let found) = Self.lookup(text) else {
            Issue.record("not incomplete")
            return
        }
        #expect(found.map(\.name) == candidates)
    }

    @Test func `nothing is the beginning of every command`() {
        guard case .incomplete(let words, let found) = Self.lookup("") else {
            Issue.record("not incomplete")
            return
        }
        #expect(words.isEmpty)
        #expect(found.count == allCommands.count)
    }

    @Test func `two commands of one name are a mistake of ours`() async {
        await #expect(processExitsWith: .failure) {
            _ = CommandTable([Bare.status, Bare.status]) { $0 }
        }
    }

    @Test func `usage shows what is required and what is not`() {
        #expect(Kick.description.usage == "kick <user> [--dry-run] [--glob] [--room ROOM] [reason…]")
        #expect(Unban.description.usage == "unban <entity> [true] [--no-confirm]")
    }
}
