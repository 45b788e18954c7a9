import BotHarness
import JSON
import MatrixCore
import Moderation
import Protections
import TestSupport
import Testing

@Suite struct ServerACLDecisionTests {
    private let lobby = Community.lobby
    private let garden = Community.garden
    private let list = Community.list

    private func acl(_ deny: [String], by sender: UserID = Community.bot, id: EventID = "$acl") -> JSONValue {
        Events.state(
            .serverACL,
            ServerACLContent(deny: deny).json,
            by: sender,
            id: id
        )
    }

    @Test func `a server rule sets the ACL of every protected room, after a moment for others`() async throws {
        var bench = try await Bench.enforcing()
        try await bench.sync { $0.timeline(list, Events.rule("evil.org")) }
        try await bench.sync { $0.timeline(list, Events.rule("*.bad.org")) }
        #expect(Set(bench.acls.keys) == [lobby, garden, Community.management])
        #expect(bench.acls[lobby] == ServerACLContent(deny: ["*.bad.org", "evil.org"]))
        // Of the burst only the last is sent.
        #expect(try await bench.answerAll() == [])
        bench.now = .seconds(1)
        #expect(try await bench.answerAll().count { $0.verb == "server_acl" } == 3)
    }

    @Test func `rules that come one after the other do not put it off for ever`() async throws {
        var bench = try await Bench.enforcing()
        for number in 0..<6 {
            bench.now += .milliseconds(200)
            try await bench.answerAll()
            try await bench.sync { $0.timeline(list, Events.rule("bad\(number).org")) }
        }
        #expect(!bench.sentACLs.isEmpty)
    }

    @Test func `nothing is asked for where it stands so already`() async throws {
        var world = Bench.world(rules: Events.rule("evil.org"))
        world[lobby]?.append(acl(["evil.org"]))
        var bench = try await Bench.enforcing(world)
        bench.now = .seconds(1)
        #expect(Set(bench.acls.keys) == [garden, Community.management])
    }

    @Test func `entries of others are kept, and ours go with their rule`() async throws {
        var world = Bench.world()
        world[lobby]?.append(acl(["theirs.org"], by: Community.mod))
        var bench = try await Bench.enforcing(world)
        try await bench.sync { $0.timeline(list, Events.rule("evil.org", key: "k", id: "$1")) }
        #expect(bench.acls[lobby]?.deny == ["evil.org", "theirs.org"])
        bench.now = .seconds(1)
        try await bench.answerAll()
        try await bench.sync { $0.timeline(lobby, acl(["evil.org", "theirs.org"], id: "$2")) }
        #expect(bench.acls[lobby] == nil)
        // What is ours outlasts the process.
        try await bench.restart()
        try await bench.sync { $0.timeline(list, Events.redaction(of: "$1")) }
        #expect(bench.acls[lobby]?.deny == ["theirs.org"])
    }

    @Test func `an ACL that somebody undoes is set again`() async throws {
        var bench = try await Bench.enforcing(Bench.world(rules: Events.rule("evil.org")))
        bench.now = .seconds(1)
        try await bench.answerAll()
        try await bench.sync { $0.timeline(lobby, acl(["evil.org"])) }
        #expect(bench.acls[lobby] == nil)
        try await bench.sync { $0.timeline(lobby, acl([], by: Community.mod, id: "$2")) }
        #expect(bench.acls[lobby]?.deny == ["evil.org"])
    }

    @Test func `without power the ACL is parked, and goes when power comes`() async throws {
        var bench = try await Bench.enforcing()
        try await bench.sync { $0.timeline(lobby, Events.levels([Community.bot: 60])) }
        try await bench.sync { $0.timeline(list, Events.rule("evil.org")) }
        let parked = bench.open { $0.verb == "server_acl" && $0.room == lobby }
        #expect(parked.map(\.status) == [.parked])
        #expect(parked.first?.result == "I have power level 60 and need 100: raise mine")
        try await bench.sync { $0.timeline(lobby, Events.levels([Community.bot: 60], acl: 50)) }
        #expect(bench.open { $0.verb == "server_acl" && $0.room == lobby }.map(\.status) == [.pending])
    }

    @Test func `the own server is never denied`() async throws {
        var bench = try await Bench.enforcing()
        try await bench.sync { $0.timeline(list, Events.rule("a.org"), Events.rule("evil.org")) }
        #expect(bench.acls[lobby]?.deny == ["evil.org"])
    }

    @Test func `an ACL that is under way and out of date is not sent again`() async throws {
        var bench = try await Bench.enforcing()
        try await bench.sync { $0.timeline(list, Events.rule("evil.org", id: "$1")) }
        bench.now = .seconds(1)
        var sent = bench.send()
        while let row = sent, row.action.room != lobby { sent = bench.send() }
        let first = try #require(sent)
        try await bench.sync { $0.timeline(list, Events.rule("bad.org", id: "$2")) }
        try await bench.decide(
            .outcome(RowOutcome(row: first.id, result: .failure(.serverTrouble(status: 502, message: ""))))
        )
        #expect(bench.open { $0.verb == "server_acl" && $0.room == lobby }.count == 1)
        #expect(bench.acls[lobby]?.deny == ["bad.org", "evil.org"])
    }

    @Test func `an entry that an earlier request brings about late is still ours`() async throws {
        var bench = try await Bench.enforcing(Bench.world(rules: Events.rule("evil.org", id: "$1")))
        bench.now = .seconds(1)
        try await bench.answerAll { $0.verb == "server_acl" ? .serverTrouble(status: 504, message: "") : nil }
        try await bench.sync { $0.timeline(list, Events.redaction(of: "$1")) }
        try await bench.sync { $0.timeline(lobby, acl(["evil.org"])) }
        #expect(bench.acls[lobby]?.deny == [])
    }

    @Test func `with ACLs disabled none is set`() async throws {
        var settings = Bench.settings
        settings.disablesServerACL = true
        var bench = try await Bench.enforcing(settings: settings)
        try await bench.sync { $0.timeline(list, Events.rule("evil.org")) }
        #expect(bench.acls.isEmpty)
    }
}
