import BotHarness
import Commands
import JSON
import MatrixCore
import Moderation
import PolicyEngine
import Protections
import RoomState
import TestSupport
import Testing

/// From the first answer of sync to enforcing.
@Suite struct StartDecisionTests {
    @Test func `a first start loads every room, then enforces and says so`() async throws {
        var bench = try await Bench(Bench.world(lobby: [Community.eve], rules: Events.rule("@eve:evil.org")))
        try await bench.start()
        #expect(bench.state.phase == .loadingRooms)
        #expect(
            Set(bench.open { $0.verb == "load_state" }.compactMap(\.action.room)) == Set(bench.world.keys)
        )
        let sent = try await bench.answerAll()
        #expect(bench.state.phase == .enforcing)
        #expect(sent.contains(.ban(Community.eve, in: Community.lobby, reason: "spam")))
        #expect(bench.said[0].contains("3 rooms by 1 rule of 1 policy list"))
        #expect(bench.said[0].contains("1 user who is present will be banned in 1 room"))
    }

    @Test func `nothing of the first answer but rooms and account data is taken in`() async throws {
        var bench = try await Bench(Bench.world(rules: Events.rule("@eve:evil.org")))
        try await bench.sync {
            $0.account(AccountDataType.protectedRooms, ["rooms": [.string(Community.lobby.rawValue)]])
                .timeline(Community.lobby, Events.member(Community.eve, .join))
                .timeline(Community.management, Events.message("!draupnir status"))
        }
        #expect(bench.state.rooms.memberCount == 0)
        #expect(bench.said == [])
    }

    @Test func `what sync says while a room is loaded comes after its state`() async throws {
        var bench = try await Bench(
            Bench.world(lobby: [Community.alice], rules: Events.rule("@eve:evil.org", id: "$1"))
        )
        try await bench.start()
        try await bench.sync {
            $0.timeline(Community.lobby, Events.member(Community.alice, .leave), Events.member(Community.eve, .join))
                .timeline(Community.list, Events.redaction(of: "$1"))
        }
        try await bench.answerAll()
        #expect(bench.state.rooms.membership(of: Community.alice, in: Community.lobby) == .leave)
        #expect(bench.state.rooms.membership(of: Community.eve, in: Community.lobby) == .join)
        #expect(bench.state.policies.ruleCount == 0)
        #expect(!bench.journal.values.contains { $0.action.verb == "ban" })
    }

    @Test func `rooms that the bot is not in are joined first`() async throws {
        var bench = try await Bench()
        let away = Community.garden
        try await bench.sync {
            $0.account(AccountDataType.protectedRooms, ["rooms": [.string(away.rawValue)]])
                .with(Community.management, .init())
        }
        let sent = try await bench.answerAll()
        #expect(sent.contains(.join(RoomReference(away))))
        #expect(sent.contains(.loadState(away)))
        #expect(bench.state.phase == .enforcing)
    }

    @Test func `a room that cannot be had does not stop the start, and is told once`() async throws {
        var bench = try await Bench()
        try await bench.sync {
            $0.account(AccountDataType.protectedRooms, ["rooms": ["!gone:x.org", .string(Community.lobby.rawValue)]])
                .with(Community.management, .init()).with(Community.lobby, .init())
        }
        let refusal = HomeserverError.refused(status: 403, code: "M_FORBIDDEN", message: "You are not invited.")
        try await bench.answerAll { $0.verb == "join" ? refusal : nil }
        #expect(bench.state.phase == .enforcing)
        #expect(bench.said.count { $0.contains("!gone:x.org") && $0.contains("cannot be had") } == 1)
        bench.now = .seconds(3_600)
        try await bench.decide(.tick)
        #expect(bench.open { $0.verb == "join" }.count == 1)
    }

    @Test(arguments: [HomeserverError.unreachable("x"), .serverTrouble(status: 502, message: "")])
    func `a room whose state does not come does not hold up the others`(_ trouble: HomeserverError) async throws {
        var bench = try await Bench(Bench.world(lobby: [Community.eve], rules: Events.rule("@eve:evil.org")))
        try await bench.start()
        var isEnforcing = false
        for second in 0..<10 where !isEnforcing {
            bench.now = .seconds(second)
            try await bench.answerAll { $0 == .loadState(Community.garden) ? trouble : nil }
            isEnforcing = bench.state.phase == .enforcing
        }
        #expect(isEnforcing)
        #expect(bench.journal.values.contains { $0.action.target == Community.eve })
        // It is had as soon as it comes.
        bench.now = .seconds(600)
        let sent = try await bench.answerAll()
        #expect(sent.contains(.loadState(Community.garden)))
        #expect(bench.state.rooms[Community.garden]?.hasMembers == true)
    }

    @Test func `an alias among the lists is resolved once, joined and loaded`() async throws {
        var bench = try await Bench()
        try await bench.sync {
            $0.account(AccountDataType.watchedLists, ["references": ["#list:a.org", "#other:a.org"]])
                .with(Community.management, .init())
        }
        #expect(bench.open { $0.verb == "resolve" }.count == 2)
        let sent = try await bench.answerAll {
            $0 == .resolve("#other:a.org") ? .refused(status: 404, code: "M_NOT_FOUND", message: "no") : nil
        }
        #expect(sent.count { $0.verb == "resolve" } == 2)
        #expect(bench.state.policies.lists.map(\.room) == [Community.list])
        try await bench.restart()
        try await bench.sync()
        #expect(bench.state.policies.lists.map(\.room) == [Community.list])
    }

    // MARK: The management room

    @Test func `a management room by alias is resolved and joined`() async throws {
        var settings = BotSettings()
        settings.managementRoom = .room(try #require(RoomReference(parsing: "#mods:a.org")))
        var bench = try await Bench(settings: settings)
        try await bench.sync()
        let sent = bench.send()
        let row = try #require(sent)
        #expect(row.action == .resolve("#mods:a.org"))
        try await bench.decide(
            .outcome(RowOutcome(row: row.id, result: .success(.room(Community.management, via: ["b.org"]))))
        )
        let next = bench.send()
        #expect(next?.action == .join(RoomReference(Community.management, via: ["b.org"])))
    }

    @Test func `a management room that cannot be joined ends the start with a remedy`() async throws {
        var bench = try await Bench()
        try await bench.sync()
        try await bench.answerAll { _ in .refused(status: 403, code: "M_FORBIDDEN", message: "You are not invited") }
        guard case .failed(.managementRoom(let text)) = bench.state.phase else {
            Issue.record("\(bench.state.phase)")
            return
        }
        #expect(text.contains("Invite @bot:a.org there"))
    }

    @Test func `a management room is made once, and noted before anything else`() async throws {
        var settings = BotSettings()
        settings.managementRoom = .madeFor(Community.mod)
        var bench = try await Bench(["!made:a.org": Events.room([], rule: "invite")], settings: settings)
        try await bench.sync()
        let sent = try await bench.answerAll()
        #expect(sent.prefix(3).map(\.verb) == ["room_version", "create_room", "account_data"])
        #expect(bench.state.bot.managementRoom == "!made:a.org")
        #expect(bench.state.phase == .enforcing)
        try await bench.restart()
        try await bench.sync()
        #expect(try await !bench.answerAll().contains { $0.verb == "create_room" })
    }

    @Test func `a room whose making was not answered is left time to come into being`() async throws {
        var settings = BotSettings()
        settings.managementRoom = .madeFor(Community.mod)
        var bench = try await Bench(["!made:a.org": Events.room([], rule: "invite")], settings: settings)
        try await bench.sync()
        try await bench.answerAll { $0.verb == "create_room" ? .unknownOutcome("timed out") : nil }
        bench.now += .seconds(3)
        try await bench.decide(.tick)
        #expect(try await !bench.answerAll().contains { $0.verb == "create_room" })
        bench.now += .seconds(5)
        try await bench.decide(.tick)
        #expect(try await bench.answerAll().contains { $0.verb == "create_room" })
        #expect(bench.state.bot.managementRoom == "!made:a.org")
    }

    // MARK: Damage

    @Test(arguments: ["", "<html>", "{", #"{"next_batch":"s1","rooms":{"join":{"!"#, "{}", "null", "[]"])
    func `a first answer that cannot be read whole starts nothing`(_ body: String) async throws {
        var settings = BotSettings()
        settings.managementRoom = .madeFor(Community.mod)
        var bench = try await Bench([:], settings: settings)
        try await bench.sync(body: OwnedPaddedBytes(body))
        #expect(bench.state.phase == .waitingForFirstSync)
        #expect(bench.state.position == nil)
        #expect(bench.state.queue.rows.isEmpty)
    }

    @Test func `an answer that is cut short is not taken in, wherever it is cut`() async throws {
        let bench = try await Bench.enforcing(Bench.world(rules: Events.rule("@eve:evil.org")))
        var body = SyncBody("later").timeline(Community.management, Events.message("!draupnir status", id: "$c"))
        body = body.timeline(Community.lobby, Events.member(Community.eve, .join))
        let whole = body.json.encoded()
        for length in stride(from: 0, to: whole.count, by: 7) {
            var bench = bench
            let since = bench.state.position
            try await bench.sync(body: OwnedPaddedBytes(Array(whole.prefix(length))))
            #expect(bench.state.position == since, "cut to \(length)")
            #expect(bench.said == [], "cut to \(length)")
        }
        var whole2 = bench
        try await whole2.sync(body: OwnedPaddedBytes(whole))
        #expect(whole2.bans == ["@eve:evil.org !lobby:a.org"])
        #expect(whole2.state.position == "later")
    }

    @Test func `broken bytes in one event cost that event`() async throws {
        var bench = try await Bench.enforcing(Bench.world(rules: Events.rule("@eve:evil.org")))
        let body = SyncBody("later").timeline(
            Community.lobby,
            Events.message("BROKEN", by: Community.alice),
            Events.member(Community.eve, .join)
        )
        var bytes = body.json.encoded()
        let place = try #require(bytes.firstRange(of: Array("BROKEN".utf8)))
        bytes.replaceSubrange(place, with: [0xFF, 0xFE])
        try await bench.sync(body: OwnedPaddedBytes(bytes))
        #expect(bench.bans == ["@eve:evil.org !lobby:a.org"])
        #expect(bench.state.position == "later")
    }

    @Test func `an answer that stays damaged is passed by in the end, and every room read anew`() async throws {
        var bench = try await Bench.enforcing(Bench.world(rules: Events.rule("@eve:evil.org")))
        let body = SyncBody("later").timeline(Community.lobby, Events.member(Community.eve, .join)).json.encoded()
        let cut = OwnedPaddedBytes(Array(body.prefix(body.count / 2)))
        var attempts = 0
        while bench.state.position != "later", attempts < 20 {
            try await bench.sync(body: cut)
            attempts += 1
        }
        #expect((2..<20).contains(attempts))
        bench.world[Community.lobby] = Events.room([Community.eve])
        #expect(try await bench.answerAll().contains(.ban(Community.eve, in: Community.lobby, reason: "spam")))
    }

    // MARK: Dendrite

    @Test func `a first answer that has its state in the timeline is no state`() async throws {
        let body = try fixture("dendrite-first-sync.json")
        var settings = BotSettings()
        let rooms = try (body["rooms"]?["join"]?.names ?? []).map { try RoomID(parsing: $0) }
        settings.managementRoom = .room(RoomReference(rooms[0]))
        var bench = try await Bench([:], settings: settings)
        try await bench.sync(body: OwnedPaddedBytes(body.encoded()))
        #expect(bench.state.bot.joined == Set(rooms))
        #expect(bench.state.bot.protectedRooms.sorted() == rooms.sorted())
        #expect(Set(bench.open { $0.verb == "load_state" }.compactMap(\.action.room)) == Set(rooms))
        #expect(bench.state.rooms.memberCount == 0)
        #expect(bench.state.position == body["next_batch"]?.text)
    }
}
