import BotHarness
import JSON
import MatrixCore
import Moderation
import PolicyEngine
import Protections
import RoomState
import TestSupport
import Testing

/// What a process that starts on an existing database does.
@Suite struct RestartDecisionTests {
    private let eve = Community.eve
    private let lobby = Community.lobby
    private let list = Community.list

    @Test func `a restart knows all it knew, and asks for no state`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve], rules: Events.rule("@x:y.org")))
        try await bench.sync { $0.timeline(lobby, Events.member("@new:b.org", .join), Events.member(eve, .leave)) }
        let before = bench.state
        try await bench.restart()
        let since = bench.state.position
        #expect(since == before.position)
        try await bench.sync()
        #expect(bench.state.phase == .enforcing)
        for room in before.rooms.trackedRooms {
            #expect(members(bench.state, room) == members(before, room))
            #expect(bench.state.rooms[room]?.state.mapValues(\.id) == before.rooms[room]?.state.mapValues(\.id))
            #expect(bench.state.rooms[room]?.isProtected == before.rooms[room]?.isProtected)
        }
        #expect(bench.state.rooms.presentUserCount == before.rooms.presentUserCount)
        #expect(bench.state.policies.lists.flatMap(\.rules) == before.policies.lists.flatMap(\.rules))
        #expect(try await !bench.answerAll().contains { $0.verb == "load_state" })
    }

    private func members(_ state: ModerationState, _ room: RoomID) -> [UserID: MemberRecord] {
        var members: [UserID: MemberRecord] = [:]
        state.rooms.forEachMember(of: room) { members[$0] = $1 }
        return members
    }

    @Test func `nothing is sent before the first answer of sync, which closes what was done`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve]))
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org")) }
        try await bench.restart()
        #expect(bench.bans == ["@eve:evil.org !lobby:a.org"])
        let early = bench.send()
        #expect(early == nil)
        try await bench.sync { $0.timeline(lobby, Events.member(eve, .ban, by: Community.bot)) }
        #expect(bench.bans == [])
        #expect(bench.journal.values.first { $0.action.target == eve }?.status == .done)
    }

    @Test func `a room that was to be made is looked for before it is asked for again`() async throws {
        var settings = BotSettings()
        settings.managementRoom = .madeFor(Community.mod)
        var bench = try await Bench([:], settings: settings)
        try await bench.start(protecting: [])
        try await bench.answerAll { $0.verb == "create_room" ? .cancelled : nil }
        try await bench.restart()
        let row = try #require(bench.open { $0.verb == "create_room" }.first)
        #expect(row.attempts > 0)
    }

    @Test func `account data that changed meanwhile takes rooms and lists out of force`() async throws {
        // The list is protected too, so that the room is still followed when it is unwatched.
        var bench = try await Bench.enforcing(
            Bench.world(lobby: [eve], rules: Events.rule("@eve:evil.org")),
            protecting: [lobby, Community.garden, list]
        )
        try await bench.restart()
        try await bench.sync { $0.account(AccountDataType.watchedLists, ["references": []]) }
        #expect(bench.state.policies.ruleCount == 0)
        #expect(bench.bans == [])
    }

    @Test func `a list that is protected no more counts no members`() async throws {
        var bench = try await Bench.enforcing(protecting: [lobby, list])
        try await bench.restart()
        try await bench.sync {
            $0.account(AccountDataType.protectedRooms, ["rooms": [.string(lobby.rawValue)]])
        }
        #expect(bench.state.rooms[list]?.isProtected == false)
        #expect(bench.state.policies[list] != nil)
    }

    @Test func `a room that is protected no more is forgotten on disk too`() async throws {
        var bench = try await Bench.enforcing()
        try await bench.restart()
        let changes = try await bench.sync {
            $0.account(AccountDataType.protectedRooms, ["rooms": [.string(lobby.rawValue)]])
        }
        #expect(changes.rooms[Community.garden]?.forgets == true)
        try await bench.restart()
        #expect(!bench.state.rooms.trackedRooms.contains(Community.garden))
    }

    @Test func `a command that came while the bot was away is run`() async throws {
        var bench = try await Bench.enforcing()
        try await bench.restart()
        try await bench.sync { $0.timeline(Community.management, Events.message("!draupnir status", id: "$c")) }
        #expect(bench.said.contains { $0.contains("I protect") && $0.contains("Version") })
    }

    @Test func `a command that came during the first start is run, though the process dies on the way`() async throws {
        var bench = try await Bench()
        try await bench.start()
        try await bench.sync { $0.timeline(Community.management, Events.message("!draupnir status", id: "$c")) }
        try await bench.restart()
        try await bench.sync()
        try await bench.answerAll()
        #expect(bench.said.contains { $0.contains("Version") })
    }

    @Test func `entries that cannot be read are told once, not at every start`() async throws {
        var bench = try await Bench()
        try await bench.start()
        try await bench.sync { $0.account(AccountDataType.protectedRooms, ["rooms": ["nonsense"]]) }
        try await bench.answerAll()
        #expect(bench.said.count { $0.contains("name no room") } == 1)
        try await bench.restart()
        #expect(bench.state.queue.rows.isEmpty)
        try await bench.sync()
        try await bench.answerAll()
        #expect(bench.said.count { $0.contains("name no room") } == 1)
    }

    @Test func `a database of another account is refused`() async throws {
        var bench = try await Bench.enforcing()
        let stored = try await bench.stored()
        var other = bench.fresh(user: "@other:a.org")
        #expect(throws: StartFailure.otherAccount(stored: Community.bot, now: "@other:a.org")) {
            try other.restore(stored)
        }
        try await bench.restart()
    }

    @Test func `a held rule is held after a restart, and released for good`() async throws {
        var bench = try await Bench.enforcing(
            Bench.world(lobby: (0..<60).map { Community.user($0, at: "evil.org") })
        )
        try await bench.sync { $0.timeline(list, Events.rule("@*:evil.org")) }
        #expect(bench.bans == [])
        try await bench.restart()
        try await bench.sync()
        #expect(bench.bans == [])
        try await bench.command("!draupnir release 1")
        #expect(bench.bans.count == 60)
    }

    @Test func `a pause outlasts the process`() async throws {
        var bench = try await Bench.enforcing()
        try await bench.command("!draupnir pause")
        try await bench.restart()
        #expect(bench.state.queue.isPaused)
    }

    @Test func `what a moderator asked for waits for the first answer of sync too`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve]))
        try await bench.sync {
            $0.timeline(Community.management, Events.message("!draupnir kick \(eve) \(lobby) spam", id: "$kick"))
        }
        #expect(!bench.open { $0.verb == "kick" }.isEmpty)
        try await bench.restart()
        let early = bench.send()
        #expect(early == nil)
        try await bench.sync()
        #expect(try await bench.answerAll().contains { $0.verb == "kick" })
    }

    @Test func `what was to be done and is met by a dry run is closed unsent`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve]))
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org")) }
        try await bench.sync {
            $0.timeline(Community.management, Events.message("!draupnir kick \(eve) \(lobby) spam", id: "$kick"))
        }
        var dry = Bench.settings
        dry.isDryRun = true
        try await bench.restart(settings: dry)
        try await bench.sync()
        #expect(try await !bench.answerAll().contains { $0.changesSomething })
        let rows = bench.journal.values.filter { $0.action.target == eve }
        #expect(Set(rows.map(\.action.verb)) == ["ban", "kick"])
        #expect(rows.allSatisfy { $0.status == .simulated }, "\(rows.map(\.status))")
    }
}
