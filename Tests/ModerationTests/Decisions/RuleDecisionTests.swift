import BotHarness
import JSON
import MatrixCore
import Moderation
import PolicyEngine
import Protections
import TestSupport
import Testing

/// Rules that would hit many, and those that would shut out moderators: held until somebody says so.
@Suite struct RuleDecisionTests {
    private let lobby = Community.lobby
    private let list = Community.list

    private func crowd(_ count: Int, at server: String = "evil.org") -> [UserID] {
        (0..<count).map { Community.user($0, at: server) }
    }

    @Test(
        arguments: [
            // Alice, the moderator and the bot are present too.
            ("@*:evil.org", 9, false), ("@*:evil.org", 10, true), ("evil.org", 10, true), ("evil.org", 9, false),
            ("*.org", 51, true), ("@user1:evil.org", 60, false),
        ] as [(String, Int, Bool)]
    )
    func `a wide rule is held and told, a narrow one is not`(_ entity: String, present: Int, isHeld: Bool) async throws
    {
        var bench = try await Bench.enforcing(Bench.world(lobby: crowd(present)))
        try await bench.sync { $0.timeline(list, Events.rule(entity)) }
        #expect(bench.said.contains { $0.contains("Held") } == isHeld)
        #expect((bench.bans.isEmpty && bench.acls.isEmpty) == isHeld)
        #expect(bench.state.policies.held.isEmpty != isHeld)
    }

    @Test func `a released rule is in force`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: crowd(60)))
        try await bench.sync { $0.timeline(list, Events.rule("@*:evil.org"), Events.rule("evil.org")) }
        #expect(bench.state.policies.held.count == 2)
        try await bench.command("!draupnir release 1")
        try await bench.command("!draupnir release 2")
        #expect(bench.bans.count == 60)
        #expect(bench.acls[lobby]?.deny ?? bench.sentACLs[lobby] == ["evil.org"])
    }

    @Test func `a held rule that is sent once more stays held, and can be released`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: crowd(60)))
        try await bench.sync { $0.timeline(list, Events.rule("@*:evil.org", id: "$1")) }
        try await bench.sync { $0.timeline(list, Events.rule("@*:evil.org", id: "$2")) }
        #expect(bench.bans == [])
        try await bench.restart()
        try await bench.sync()
        #expect(bench.bans == [])
        try await bench.command("!draupnir release 1")
        #expect(bench.bans.count == 60)
    }

    @Test func `a held rule whose reason is edited is still held`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: crowd(60)))
        try await bench.sync { $0.timeline(list, Events.rule("@*:evil.org", reason: "a", id: "$1")) }
        try await bench.sync { $0.timeline(list, Events.rule("@*:evil.org", reason: "b", id: "$2")) }
        #expect(bench.bans == [])
        try await bench.command("!draupnir release 1")
        #expect(bench.bans.count == 60)
    }

    @Test func `a rule in force whose reason is edited stays in force`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: crowd(60)))
        try await bench.sync { $0.timeline(list, Events.rule("evil.org", reason: "a", id: "$1")) }
        try await bench.command("!draupnir release 1")
        #expect(bench.acls[lobby]?.deny ?? bench.sentACLs[lobby] == ["evil.org"])
        try await bench.sync { $0.timeline(list, Events.rule("evil.org", reason: "b", id: "$2")) }
        #expect(bench.state.policies.held == [])
    }

    @Test func `what another rule does already is no news`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: crowd(60)))
        try await bench.sync { $0.timeline(list, Events.rule("evil.org", id: "$1")) }
        try await bench.command("!draupnir release 1")
        try await bench.sync { $0.timeline(list, Events.rule("evil.org", key: "other", id: "$2")) }
        #expect(bench.state.policies.held == [])
    }

    @Test func `a held rule that goes can be released no more, and its number is nobody else's`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: crowd(60)))
        try await bench.sync {
            $0.timeline(list, Events.rule("@*:evil.org", id: "$1"), Events.rule("@user*:evil.org", id: "$2"))
        }
        #expect(bench.state.policies.held.count == 2)
        try await bench.sync {
            $0.timeline(list, Events.redaction(of: "$1"))
                .timeline(Community.management, Events.message("!draupnir release 1", id: "$c"))
        }
        #expect(bench.state.policies.held.map(\.event.rawValue) == ["$2"])
        #expect(bench.bans.isEmpty)
        try await bench.command("!draupnir release 2")
        #expect(bench.bans.count == 60)
    }

    @Test func `a server rule that would shut out a moderator's server is held`() async throws {
        var world = Bench.world()
        world[Community.management] = Events.room(["@helper:small.org"], rule: "invite")
        var bench = try await Bench.enforcing(world)
        try await bench.sync { $0.timeline(list, Events.rule("small.org")) }
        #expect(bench.acls.isEmpty)
        #expect(bench.said.contains { $0.contains("small.org, where moderators are") })
    }

    @Test func `the rules of a first start are judged too`() async throws {
        var bench = try await Bench(Bench.world(lobby: crowd(60), rules: Events.rule("@*:evil.org")))
        try await bench.start()
        try await bench.answerAll()
        #expect(bench.state.phase == .enforcing)
        #expect(bench.state.policies.held.count == 1)
        #expect(!bench.journal.values.contains { $0.action.verb == "ban" })
    }

    @Test func `a rule that cannot be read is told once, and held against nobody`() async throws {
        var bench = try await Bench.enforcing()
        let broken = Events.state(EventType(rawValue: "m.policy.rule.user"), ["entity": 7], key: "k", id: "$1")
        for _ in 0..<2 { try await bench.sync { $0.timeline(list, broken) } }
        #expect(bench.said.count { $0.contains("is ignored because") } == 1)
    }
}
