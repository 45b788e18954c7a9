import JSON
import MatrixCore
import Patterns
import PolicyEngine
import Testing

@Suite struct PolicyIndexTests {
    @Test(arguments: [
        ("@a:b", "@a:b", true),
        ("@a:b", "@A:b", false),
        ("@a:b", "@a:b.org", false),
        ("@late*", "@latecomer:b", true),
        ("@*:evil.org", "@anyone:evil.org", true),
        ("@*:evil.org", "@anyone:evil.org:8448", false),
        ("@?:b", "@\u{E9}:b", true),
        (#"@a\\*:b"#, #"@a\x:b"#, true),
        ("*", "@a:b", true),
        ("evil.org", "@a:evil.org", false),
    ])
    func `matches users by their whole ID`(_ entity: String, name: String, isMatch: Bool) {
        let index = index(policy("$1", ban(entity)))
        #expect(index.matches(user: user(name)).count == (isMatch ? 1 : 0))
        #expect(index.matches(server: user(name).server).isEmpty)
    }

    @Test(arguments: [
        ("evil.org", "evil.org", true),
        ("evil.org", "EVIL.org", true),
        ("Evil.ORG", "evil.org", true),
        ("evil.org", "evil.org:8448", true),
        ("evil.org:8448", "evil.org:8448", true),
        ("evil.org:8448", "evil.org", false),
        ("evil.org", "sub.evil.org", false),
        ("*.evil.org", "sub.Evil.org:8448", true),
        ("*.evil.org", "evil.org", false),
        ("[::1]", "[::1]:8448", true),
        ("ev?l.org", "evil.org", true),
    ])
    func `matches servers without regard to case or port`(_ entity: String, name: String, isMatch: Bool) {
        let index = index(policy("$1", of: .server, ban(entity)))
        #expect(index.matches(server: server(name)).count == (isMatch ? 1 : 0))
    }

    @Test(
        arguments: [
            (.user, "@spam:example.com", "@spam:example.com", true),
            (.user, "@spam:example.com", "@ham:example.com", false),
            (.server, "evil.example", "evil.example", true),
            (.server, "evil.example", "Evil.Example:8448", true),
            (.server, "evil.example:8448", "evil.example:8448", true),
            (.server, "evil.example", "good.example", false),
            (.room, "!badroom:example.com", "!badroom:example.com", true),
        ] as [(PolicyKind, String, String, Bool)]
    )
    func `matches what only a hash tells of`(_ kind: PolicyKind, entity: String, name: String, isMatch: Bool) throws {
        let hash = try #require(EntityDigest(of: entity)).base64
        let content = #"{"hashes":{"sha256":"\#(hash)"},"recommendation":"m.ban"}"#
        let index = index(policy("$1", of: kind, content))
        let matches =
            switch kind {
            case .user: index.matches(user: user(name))
            case .server: index.matches(server: server(name))
            case .room: index.matches(room: room(name))
            }
        #expect(matches.map(\.source.event) == (isMatch ? [event("$1")] : []))
        #expect(PolicyKind.allCases.filter { index.hasHashedRules(of: $0) } == [kind])
    }

    @Test func `matches rooms by ID and by alias`() throws {
        let index = index(
            policy("$1", of: .room, key: "1", ban("!r:b")),
            policy("$2", of: .room, key: "2", ban("#r:b")),
            policy("$3", of: .room, key: "3", ban("!*"))
        )
        #expect(index.matches(room: room("!r:b")).map(\.source.event) == [event("$1"), event("$3")])
        #expect(index.matches(room: try RoomAlias(parsing: "#r:b")).map(\.source.event) == [event("$2")])
    }

    @Test(
        arguments: [
            ("@a:b", .user, ["$1"]), ("Evil.org:8448", .server, ["$2"]), ("not a server", .server, ["$4"]),
            ("#r:b", .room, ["$3"]), ("@a:b", .room, []),
        ] as [(String, PolicyKind, [String])]
    )
    func `matches whatever a person types`(_ text: String, kind: PolicyKind, events: [String]) {
        let index = index(
            policy("$1", of: .user, ban("@a:*")),
            policy("$2", of: .server, key: "2", ban("evil.org")),
            policy("$3", of: .room, ban("#r:b")),
            policy("$4", of: .server, key: "4", ban("not*"))
        )
        #expect(index.matches(text, as: kind).map(\.source.event.rawValue) == events)
    }

    @Test func `asks for a digest only where there are hashed rules`() throws {
        let digest = try #require(EntityDigest(of: "@a:b"))
        func askedFor(_ index: PolicyIndex) -> (digests: Int, rules: [EventID]) {
            var digests = 0
            var rules: [EventID] = []
            let name = "@a:b"
            index.visitUserMatches(of: name.utf8Span.span) {
                digests += 1
                return digest
            } _: { rule in
                rules.append(rule.source.event)
                return .stop
            }
            return (digests, rules)
        }
        let hashed = policy("$1", key: "1", #"{"hashes":{"sha256":"\#(digest.base64)"},"recommendation":"m.ban"}"#)
        #expect(askedFor(index(policy("$2", ban("@c:d")))) == (0, []))
        #expect(askedFor(index(hashed)) == (1, [event("$1")]))
        #expect(askedFor(index(hashed, policy("$2", key: "2", ban("@a:b")))) == (0, [event("$2")]))
    }

    @Test func `an edited rule is gone once it is removed`() {
        var index = index(policy("$1", ban("@a:b")))
        _ = index.apply(policy("$2", ban("@a:b", reason: "ads")), in: listRoom)
        #expect(index.matches(user: user("@a:b")).map(\.source.event) == [event("$2")])
        _ = index.apply(policy("$3", ban("@c:d")), in: listRoom)
        #expect(index.matches(user: user("@a:b")).isEmpty)
        _ = index.apply(policy("$4", "{}"), in: listRoom)
        #expect(index.matches(user: user("@c:d")).isEmpty)
        #expect(index.ruleCount == 0)
    }

    @Test func `a hash that is replaced by its name leaves nothing behind`() throws {
        let hash = try #require(EntityDigest(of: "@a:b")).base64
        var index = index(policy("$1", #"{"hashes":{"sha256":"\#(hash)"},"recommendation":"m.ban"}"#))
        _ = index.apply(policy("$2", ban("@a:b")), in: listRoom)
        #expect(index.matches(user: user("@a:b")).map(\.source.event) == [event("$2")])
        #expect(!index.hasHashedRules(of: .user))
        _ = index.redact(event("$2"), in: listRoom, by: helper)
        #expect(index.matches(user: user("@a:b")).isEmpty)
    }

    @Test func `an unwatched list takes its rules along, and only its own`() {
        var index = index(policy("$1", key: "1", ban("@a:b")), policy("$2", key: "2", ban("@*:b")))
        let other = PolicyList(room: otherRoom, events: [policy("$3", ban("@a:b"))])
        #expect(index.watch(other).map(\.summary) == ["added @a:b in $3"])
        let unwatched = index.unwatch(listRoom)
        #expect(unwatched.map(\.summary) == ["removed @a:b in $1 by nobody", "removed @*:b in $2 by nobody"])
        #expect(index.matches(user: user("@a:b")).map(\.source.event) == [event("$3")])
        #expect(index.ruleCount == 1)
        #expect(index.apply(policy("$4", key: "4", ban("@c:d")), in: listRoom).isEmpty)
        #expect(index.redact(event("$1"), in: listRoom, by: helper).isEmpty)
        #expect(index.unwatch(listRoom).isEmpty)
        #expect(index.lists.map(\.room) == [otherRoom])
    }

    @Test func `a list that is watched again is compared with what was known of it`() {
        let known = [
            policy("$1", key: "1", ban("@same:b")), policy("$2", key: "2", ban("@old:b")),
            policy("$3", key: "3", ban("@gone:b")), policy("$4", key: "4", "[]"),
        ]
        var index = PolicyIndex()
        #expect(
            index.watch(PolicyList(room: listRoom, events: known)).map(\.summary) == [
                "malformed $4", "added @same:b in $1", "added @old:b in $2", "added @gone:b in $3",
            ]
        )
        let fresh = [
            known[0], policy("$5", key: "2", ban("@new:b")), known[3], policy("$6", key: "6", "[]"),
            state("$7", .shortcode, key: "", #"{"shortcode":"coc"}"#),
        ]
        #expect(
            index.watch(PolicyList(room: listRoom, events: fresh)).map(\.summary) == [
                "malformed $6", "modified @old:b in $2 to @new:b in $5", "removed @gone:b in $3 by nobody",
                "shortcode none to coc",
            ]
        )
        #expect(index.lists.count == 1)
        #expect(index[listRoom]?.count == 2)
        #expect(index.matches(user: user("@gone:b")).isEmpty)
        #expect(index.matches(user: user("@new:b")).count == 1)
    }

    @Test func `finds a list by its shortcode, the first that has it`() {
        var index = PolicyIndex()
        for (number, room) in [listRoom, otherRoom].enumerated() {
            let events = [state("$s\(number)", .shortcode, key: "", #"{"shortcode":"coc"}"#)]
            _ = index.watch(PolicyList(room: room, events: events))
        }
        #expect(index.list(named: "coc")?.room == listRoom)
        #expect(index.list(named: "COC") == nil)
        _ = index.unwatch(listRoom)
        #expect(index.list(named: "coc")?.room == otherRoom)
    }

    @Test func `two rooms may have events of one ID`() {
        var index = index(policy("$1", ban("@a:b")))
        _ = index.watch(PolicyList(room: otherRoom, events: [policy("$1", ban("@a:b"))]))
        #expect(index.matches(user: user("@a:b")).map(\.source.list) == [listRoom, otherRoom])
        _ = index.unwatch(listRoom)
        #expect(index.matches(user: user("@a:b")).map(\.source.list) == [otherRoom])
    }

    @Test func `takes every glob that is all wildcards`() {
        let marks = (0...255).map { String(repeating: "?", count: $0) }
        let globs = marks.dropFirst() + marks.dropLast().map { "*" + $0 } + marks.dropLast(2).map { "*\($0)*" }
        let events = globs.enumerated().map { policy("$\($0)", key: "\($0)", ban($1)) }
        var index = PolicyIndex()
        _ = index.watch(PolicyList(room: listRoom, events: events))
        #expect(index.ruleCount == globs.count)
        // `????`, its starred kin of at most four marks, once or twice.
        #expect(index.matches(user: user("@a:b")).count == 1 + 5 + 5)
        _ = index.unwatch(listRoom)
        #expect(index.matches(user: user("@a:b")).isEmpty)
    }

    @Test func `a rule that comes and goes leaves no pattern behind`() {
        var index = index(policy("$0", "{}"))
        for number in 0..<1_100 {  // one more than the patterns without a fixed character that are taken
            _ = index.apply(policy("$x\(number)", ban("*")), in: listRoom)
            _ = index.apply(policy("$y\(number)", "{}"), in: listRoom)
        }
        _ = index.apply(policy("$1", ban("*")), in: listRoom)
        #expect(index.matches(user: user("@a:b")).count == 1)
    }

    @Test func `many rules for one entity come and go`() {
        var index = PolicyIndex()
        let events = (0..<2_000).map { policy("$\($0)", key: "\($0)", ban("@a:b")) }
        _ = index.watch(PolicyList(room: listRoom, events: events))
        for number in stride(from: 0, to: 2_000, by: 2) {
            _ = index.apply(policy("$x\(number)", key: "\(number)", "{}"), in: listRoom)
        }
        #expect(index.matches(user: user("@a:b")).count == 1_000)
        _ = index.unwatch(listRoom)
        #expect(index.matches(user: user("@a:b")).isEmpty)
        #expect(index.ruleCount == 0)
    }
}
