import JSON
import MatrixCore
import PolicyEngine
import Testing

@Suite struct ServerACLCompilerTests {
    static let own = "localhost:9999"

    @Test(
        arguments: [
            ([], []),
            (["badpeople.example.com", "localhost:9999"], ["badpeople.example.com"]),
            (["b.org", "a.org"], ["a.org", "b.org"]),
            (["Evil.ORG", "evil.org"], ["evil.org"]),
            (["*.Evil.ORG"], ["*.Evil.ORG"]),
            // Whatever would deny the own server, its port and case aside.
            (["localhost", "LocalHost", "localhost:8448", "LOCALHOST:9999"], []),
            (["*", "**", "?*", "local*", "*host:9999", "l?calhost", "*:9999"], []),
            (["localhost.org", "*.localhost", "*.tld"], ["*.localhost", "*.tld", "localhost.org"]),
            // Covered by a wider one.
            (["*.evil.org", "a.evil.org", "*.b.evil.org", "evil.org"], ["*.evil.org", "evil.org"]),
            (["*.EVIL.org", "a.evil.org"], ["*.EVIL.org"]),
            (["?.evil.org", "a.evil.org", "ab.evil.org"], ["?.evil.org", "ab.evil.org"]),
            (["?.evil.org", "*.evil.org"], ["*.evil.org"]),
            (["a*", "a*b", "ab", "ba"], ["a*", "ba"]),
            (["a**", "a*"], ["a**"]),
            (["a*?", "a?*"], ["a*?"]),
            (["a?*", "a*"], ["a*"]),
            // A mark stands for one character, a star for none too: not covered.
            (["a?.x", "a*.x"], ["a*.x"]),
            (["?b*", "*bc"], ["*bc", "?b*"]),
            (["a?*.x", "a*.x2"], ["a*.x2", "a?*.x"]),
            (["*a*b*", "xaxb", "xbxa"], ["*a*b*", "xbxa"]),
            (["*.*", "*.evil.org", "evil"], ["*.*", "evil"]),
        ] as [([String], [String])]
    )
    func `denies what the rules name`(_ entities: [String], deny: [String]) {
        let compiler = ServerACLCompiler(ownServer: server(Self.own))
        #expect(compiler.compile(serverBans(entities)).deny == deny)
        #expect(compiler.compile(serverBans(entities.reversed())).deny.count == deny.count)
    }

    @Test(
        arguments: [
            ("example.org", ["*.org"], []),
            ("Example.org", ["example.*"], []),
            ("[::1]:8448", ["[::1]", "[::2]"], ["[::2]"]),
            ("10.0.0.1", ["10.0.*", "10.1.*"], ["10.1.*"]),
        ] as [(String, [String], [String])]
    )
    func `never denies the own server`(_ own: String, entities: [String], deny: [String]) {
        #expect(ServerACLCompiler(ownServer: server(own)).compile(serverBans(entities)).deny == deny)
    }

    @Test func `says which rules have no entry, and why`() {
        let rules = serverBans("*", "a.evil.org", "*.evil.org", "*.org", "good.net", "x.good.net")
        let compiled = ServerACLCompiler(ownServer: server("me.net")).compile(rules)
        #expect(compiled.deny == ["*.org", "good.net", "x.good.net"])
        let why = compiled.leftOut.map { "\($0.rule.subject.entity ?? ""): \($0.why)" }
        #expect(
            why == ["*: ownServer", #"a.evil.org: covered(by: "*.org")"#, #"*.evil.org: covered(by: "*.org")"#]
        )
    }

    @Test func `passes over rules that do not ban, and rules about others`() {
        let index = index(
            policy("$1", of: .server, key: "1", #"{"entity":"a.org","recommendation":"org.matrix.mjolnir.allow"}"#),
            policy("$2", of: .server, key: "2", #"{"entity":"b.org","recommendation":"fi.mau.meowlnir.unban"}"#),
            policy("$3", of: .server, key: "3", #"{"entity":"c.org","recommendation":"m.takedown"}"#),
            policy("$4", of: .user, key: "4", ban("d.org"))
        )
        #expect(index.serverBans.map(\.source.event) == [event("$3")])
        let all = index[listRoom]?.rules ?? []
        let compiled = ServerACLCompiler(ownServer: server(Self.own)).compile(all)
        #expect(compiled.deny == ["c.org"])
        #expect(compiled.leftOut.isEmpty)
    }

    @Test func `hashed rules are revealed by the servers that are known`() throws {
        let events = try ["evil.example", "Unknown.example", "localhost"].enumerated().map { number, entity in
            let hash = try #require(EntityDigest(of: entity)).base64
            let content = #"{"hashes":{"sha256":"\#(hash)"},"recommendation":"m.ban"}"#
            return policy("$\(number)", of: .server, key: "\(number)", content)
        }
        let rules = PolicyList(room: listRoom, events: events).rules
        let compiler = ServerACLCompiler(ownServer: server(Self.own), presentUsers: [server("Evil.example:8448"): 1])
        let compiled = compiler.compile(rules)
        #expect(compiled.deny == ["evil.example"])
        #expect(compiled.leftOut.map(\.why) == [.unrevealed, .ownServer])
    }

    @Test func `where not all fits, what hits the most and then the widest is kept`() {
        let many = (0..<100).map { "server\($0).example.net" }
        let rules = serverBans(many + ["*.wide.org", "q*"])
        let compiler = ServerACLCompiler(
            ownServer: server(Self.own),
            presentUsers: [server("server77.example.net:8448"): 5, server("server5.example.net"): 9],
            limit: 130
        )
        let compiled = compiler.compile(rules)
        #expect(compiled.deny == ["*.wide.org", "q*", "server5.example.net", "server77.example.net"])
        #expect(compiled.leftOut.count == 98)
        #expect(compiled.leftOut.allSatisfy { $0.why == .overflow })
        let content = compiled.merged(into: nil, ours: nil).content
        #expect((content?.json.encoded().count ?? 0) <= 130)
        #expect(compiler.compile(rules.reversed()) == compiled)
    }

    @Test func `keeps a large list under the size of an event`() throws {
        let rules = serverBans((0..<5_000).map { "a-rather-long-server-name-\($0).example.net" })
        let compiled = ServerACLCompiler(ownServer: server(Self.own)).compile(rules)
        let content = try #require(compiled.merged(into: nil, ours: nil).content)
        let size = try content.json.canonical().count
        #expect((59_900...60_000).contains(size))
        #expect(compiled.deny.count + compiled.leftOut.count == 5_000)
    }
}
