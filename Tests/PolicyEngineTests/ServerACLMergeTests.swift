import JSON
import MatrixCore
import PolicyEngine
import Testing

@Suite struct ServerACLMergeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var own = "me.org"
        /// What the rules come to.
        var rules: [String] = []
        var current: CurrentServerACL?
        var ours: [String]?
        /// Nil where nothing is to be sent.
        let sends: ServerACLContent?
        let keeps: [String]
        var lifted: [String] = []
    }

    static func standing(
        allow: [String] = ["*"],
        _ deny: [String],
        literals: Bool = false,
        namesLiterals: Bool = true,
        byBot isOwn: Bool = false
    ) -> CurrentServerACL {
        let content = ServerACLContent(allow: allow, deny: deny, allowsIPLiterals: literals)
        return CurrentServerACL(content: content, namesIPLiterals: namesLiterals, isOwn: isOwn)
    }

    @Test(
        arguments: [
            Case(
                testDescription: "the first ACL of a room",
                own: "localhost:9999",
                rules: ["badpeople.example.com", "localhost:9999"],
                sends: ServerACLContent(deny: ["badpeople.example.com"]),
                keeps: ["badpeople.example.com"]
            ),
            Case(testDescription: "nothing to deny and none there", sends: nil, keeps: []),
            Case(
                testDescription: "nothing to deny, but ours stands there",
                current: standing(["a"], byBot: true),
                ours: ["a"],
                sends: ServerACLContent(),
                keeps: ["a"]
            ),
            Case(
                testDescription: "the same in another order",
                rules: ["a", "b"],
                current: standing(["b", "a"], byBot: true),
                ours: ["a", "b"],
                sends: nil,
                keeps: ["a", "b"]
            ),
            Case(
                testDescription: "ours replaced, what others put there kept",
                rules: ["b"],
                current: standing(["a", "theirs"]),
                ours: ["a"],
                sends: ServerACLContent(deny: ["b", "theirs"]),
                keeps: ["a", "b"]
            ),
            Case(
                testDescription: "an entry that others had before us stays theirs",
                rules: ["a", "Theirs"],
                current: standing(["theirs"]),
                ours: [],
                sends: ServerACLContent(deny: ["a", "theirs"]),
                keeps: ["a"]
            ),
            Case(
                testDescription: "taken over: all of it, where the bot sent it",
                rules: ["b"],
                current: standing(["a"], literals: true, byBot: true),
                sends: ServerACLContent(deny: ["b"]),
                keeps: ["a", "b"]
            ),
            Case(
                testDescription: "taken over: nothing of it, where somebody else sent it",
                rules: ["b"],
                current: standing(["a"]),
                sends: ServerACLContent(deny: ["a", "b"]),
                keeps: ["b"]
            ),
            Case(
                testDescription: "what is ours is told apart, whoever sent the event",
                rules: ["b"],
                current: standing(["a", "theirs"], byBot: true),
                ours: ["a"],
                sends: ServerACLContent(deny: ["b", "theirs"]),
                keeps: ["a", "b"]
            ),
            Case(
                testDescription: "after a lost request the next one still knows what was ours",
                rules: ["c"],
                current: standing(["a"], byBot: true),
                ours: ["a", "b"],
                sends: ServerACLContent(deny: ["c"]),
                keeps: ["a", "c"]
            ),
            Case(
                testDescription: "somebody took ours away",
                rules: ["a"],
                current: standing([]),
                ours: ["a"],
                sends: ServerACLContent(deny: ["a"]),
                keeps: ["a"]
            ),
            Case(
                testDescription: "what others allow is left as it is",
                rules: ["a"],
                current: standing(allow: ["*.org", "b"], ["a"]),
                ours: ["a"],
                sends: nil,
                keeps: ["a"]
            ),
            Case(
                testDescription: "the own server is allowed",
                current: standing(allow: ["b.net"], []),
                sends: ServerACLContent(allow: ["b.net", "me.org"]),
                keeps: []
            ),
            Case(
                testDescription: "the own server with a port is allowed without it",
                own: "ME.org:8448",
                current: standing(allow: ["me.org"], []),
                sends: nil,
                keeps: []
            ),
            Case(
                testDescription: "nobody allowed",
                current: standing(allow: [], ["a"]),
                sends: ServerACLContent(deny: ["a"]),
                keeps: []
            ),
            Case(
                testDescription: "the own server is never denied, whoever wants it",
                current: standing(["*", "ME.org", "me.org:1", "a"]),
                sends: ServerACLContent(deny: ["a"]),
                keeps: [],
                lifted: ["*", "ME.org", "me.org:1"]
            ),
            Case(
                testDescription: "IP literals let in by others stay in",
                rules: ["a"],
                current: standing(["a"], literals: true),
                ours: ["a"],
                sends: nil,
                keeps: ["a"]
            ),
            Case(
                testDescription: "IP literals let in by others stay in after we wrote",
                rules: ["a"],
                current: standing([], literals: true, byBot: true),
                ours: [],
                sends: ServerACLContent(deny: ["a"], allowsIPLiterals: true),
                keeps: ["a"]
            ),
            Case(
                testDescription: "IP literals that nobody mentioned go",
                rules: ["a"],
                current: standing(["a"], literals: true, namesLiterals: false),
                ours: ["a"],
                sends: ServerACLContent(deny: ["a"]),
                keeps: ["a"]
            ),
            Case(
                testDescription: "an own server that is an IP literal is let in",
                own: "127.0.0.1:8008",
                rules: ["a"],
                sends: ServerACLContent(deny: ["a"], allowsIPLiterals: true),
                keeps: ["a"]
            ),
        ]
    )
    func `replaces what is ours and keeps what others put there`(_ test: Case) {
        let compiled = ServerACLCompiler(ownServer: server(test.own)).compile(serverBans(test.rules))
        let merge = compiled.merged(into: test.current, ours: test.ours)
        #expect(merge.content == test.sends)
        #expect(merge.ours == test.keeps)
        #expect(merge.lifted == test.lifted)
        #expect(merge.overflow.isEmpty)
        if let content = merge.content { #expect(content.admits(server(test.own))) }
    }

    @Test func `is content with what it made`() {
        let compiled = ServerACLCompiler(ownServer: server("me.org")).compile(serverBans("a", "*.b"))
        let first = compiled.merged(into: Self.standing(allow: ["c"], ["d", "me.*"], literals: true), ours: nil)
        #expect(
            first.content == ServerACLContent(allow: ["c", "me.org"], deny: ["*.b", "a", "d"], allowsIPLiterals: true)
        )
        let made = CurrentServerACL(content: first.content ?? ServerACLContent(), isOwn: true)
        let second = compiled.merged(into: made, ours: first.ours)
        #expect(second.content == nil)
        #expect(second.ours == first.ours)
    }

    @Test func `the entries of others leave less room for ours`() {
        let compiler = ServerACLCompiler(ownServer: server("me.org"), limit: 75)
        let compiled = compiler.compile(serverBans("*.wide", "narrow.b", "narrow.c"))
        #expect(compiled.deny == ["*.wide", "narrow.b"])
        let merge = compiled.merged(into: Self.standing(["theirs"]), ours: [])
        #expect(merge.content?.deny == ["*.wide", "theirs"])
        #expect(merge.overflow == ["narrow.b"])
        #expect(merge.ours == ["*.wide"])
    }

    @Test(
        arguments: [
            (
                #"{"allow":["*"],"deny":["a"],"allow_ip_literals":true}"#,
                ServerACLContent(deny: ["a"], allowsIPLiterals: true),
                true
            ),
            (#"{"deny":["a"]}"#, ServerACLContent(allow: [], deny: ["a"], allowsIPLiterals: true), false),
            (
                #"{"allow":["*",7],"deny":"a","allow_ip_literals":"no"}"#, ServerACLContent(allowsIPLiterals: true),
                false
            ),
        ] as [(String, ServerACLContent, Bool)]
    )
    func `reads what stands in a room as servers do`(
        _ text: String,
        content: ServerACLContent,
        namesLiterals: Bool
    ) throws {
        let event = state("$1", .serverACL, key: "", by: helper, text)
        let current = try #require(CurrentServerACL(event, bot: helper))
        #expect(current == CurrentServerACL(content: content, namesIPLiterals: namesLiterals, isOwn: true))
        #expect(CurrentServerACL(event, bot: moderator)?.isOwn == false)
        #expect(CurrentServerACL(state("$1", .serverACL, key: "x", text), bot: helper) == nil)
        #expect(CurrentServerACL(state("$1", .member, key: "", text), bot: helper) == nil)
    }
}
