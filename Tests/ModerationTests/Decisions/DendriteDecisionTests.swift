import Commands
import BotHarness
import JSON
import MatrixCore
import Moderation
import Protections
import TestSupport
import Testing

/// What is special to Dendrite: failures without a reason, and answers of sync that leave out what is empty.
@Suite struct DendriteDecisionTests {
    private let eve = Community.eve
    private let lobby = Community.lobby
    private let list = Community.list
    private static let unexplained = HomeserverError.unexplained(status: 500, message: "")

    /// Lets ten minutes pass, a try at each of them, every action of these verbs failing without a reason.
    private func pass(_ bench: inout Bench, failing verbs: Set<String>) async throws -> [Action] {
        var sent: [Action] = []
        for _ in 0..<30 {
            bench.now += .seconds(20)
            try await bench.decide(.tick)
            sent += try await bench.answerAll { verbs.contains($0.verb) ? Self.unexplained : nil }
        }
        return sent
    }

    private func count(_ sent: [Action], _ verb: String) -> Int { sent.count { $0.verb == verb } }

    @Test func `a ban that fails without a reason is tried for a while, parked and told once`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve]))
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org")) }
        let sent = try await pass(&bench, failing: ["ban"])
        #expect(count(sent, "ban") == 8)
        #expect(bench.parkedBans == ["@eve:evil.org !lobby:a.org"])
        #expect(bench.said.count { $0.contains("does not say why") } == 1, "\(bench.said)")
        // It waits for something to change, such as power.
        #expect(count(try await pass(&bench, failing: ["ban"]), "ban") == 0)
        try await bench.sync { $0.timeline(lobby, Events.levels([Community.bot: 100], ban: 51)) }
        #expect(bench.bans == ["@eve:evil.org !lobby:a.org"])
    }

    @Test func `a ban that was parked for no reason is tried again within an hour, quietly`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve]))
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org")) }
        _ = try await pass(&bench, failing: ["ban"])
        let told = bench.said
        var tries: [Int] = []
        for _ in 0..<14 { tries.append(count(try await pass(&bench, failing: ["ban"]), "ban")) }
        #expect(tries.reduce(0, +) == 2, "once an hour of 140 minutes: \(tries)")
        #expect(bench.parkedBans == ["@eve:evil.org !lobby:a.org"])
        #expect(bench.said == told, "what was told is no news")
        for _ in 0..<7 { _ = try await pass(&bench, failing: []) }
        #expect(bench.sent.contains { $0.verb == "ban" })
        #expect(bench.parkedBans == [] && bench.bans == [])
    }

    @Test func `trouble that passes costs no ban`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve]))
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org")) }
        var left = 5
        var done = false
        for _ in 0..<20 {
            bench.now += .seconds(60)
            try await bench.answerAll { action in
                guard action.verb == "ban" else { return nil }
                left -= 1
                done = left < 0
                return done ? nil : Self.unexplained
            }
        }
        #expect(done)
        #expect(bench.parkedBans == [])
        #expect(bench.bans == [])
    }

    @Test func `an unknown room that a person names is told within seconds`() async throws {
        var bench = try await Bench.enforcing()
        let event = Events.message("!draupnir rooms add !unknown:a.org", by: Community.mod, id: "$add")
        try await bench.sync { $0.timeline(Community.management, event) }
        var joins = 0
        for _ in 0..<8 {
            bench.now += .seconds(2)
            joins += try await bench.answerAll { $0.verb == "join" ? Self.unexplained : nil }.count {
                $0.verb == "join"
            }
        }
        #expect(joins == 4)
        #expect(bench.said.contains { $0.contains("room or the user does not exist") }, "\(bench.said)")
    }

    @Test func `a room that is to be protected and does not exist is told once, and asked for ever more rarely`()
        async throws
    {
        var bench = try await Bench.enforcing()
        try await bench.sync {
            $0.account(AccountDataType.protectedRooms, ["rooms": ["!lobby:a.org", "!garden:a.org", "!gone:a.org"]])
        }
        let joins = count(try await pass(&bench, failing: ["join"]), "join")
        #expect((4...12).contains(joins), "\(joins)")
        #expect(bench.said.count { $0.contains("!gone:a.org") } == 1, "\(bench.said)")
    }

    @Test func `state that cannot be read for no reason is asked for until it comes`() async throws {
        var bench = try await Bench(Bench.world(lobby: [eve], rules: Events.rule("@eve:evil.org")))
        try await bench.start()
        _ = try await pass(&bench, failing: ["load_state"])
        bench.now += .seconds(600)
        try await bench.answerAll(holdingBack: ["ban"])
        #expect(bench.bans == ["@eve:evil.org !lobby:a.org"])
    }

    @Test(arguments: [
        "sync since, nothing new, timeout 0", "sync since: a message, an invite, and a kick of oneself",
        "the same, use_state_after", "first sync, two rooms", "first sync, use_state_after (stable name)",
        "first sync, lazy_load_members, timeline limit 1",
    ])
    func `answers without rooms, or with state in the timeline alone, are taken in`(_ name: String) async throws {
        let body = try #require(try Recording.named(name, in: "dendrite", "sync.json").body)
        var bench = try await Bench.enforcing()
        try await bench.sync(body: OwnedPaddedBytes(body.encoded()))
        #expect(bench.state.position == body["next_batch"]?.text)
        #expect(bench.state.malformedEventCount == 0)
    }

    @Test func `account data that is a list changes nothing, and is told`() async throws {
        var bench = try await Bench.enforcing()
        try await bench.sync { $0.account(AccountDataType.protectedRooms, ["an", "array"]) }
        #expect(bench.state.bot.protectedRooms.contains(lobby))
        #expect(bench.said.contains { $0.contains("cannot be read") }, "\(bench.said)")
    }
}
