import BotHarness
import JSON
import MatrixCore
import Moderation
import Protections
import TestSupport
import Testing

/// Power that is missing, lost and regained, and the bot's own place in rooms.
@Suite struct PowerDecisionTests {
    private let eve = Community.eve
    private let bot = Community.bot
    private let lobby = Community.lobby
    private let list = Community.list

    private func refused() -> HomeserverError { .refused(status: 403, code: "M_FORBIDDEN", message: "no") }

    @Test func `without power a ban is parked at once, and goes when power comes`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve]))
        try await bench.sync { $0.timeline(lobby, Events.levels([bot: 40])) }
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org")) }
        #expect(bench.parkedBans == ["@eve:evil.org !lobby:a.org"])
        #expect(bench.open { $0.verb == "ban" }.first?.result == "I have power level 40 and need 50: raise mine")
        try await bench.sync { $0.timeline(lobby, Events.levels([bot: 50])) }
        #expect(bench.bans == ["@eve:evil.org !lobby:a.org"])
    }

    @Test func `a ban that the homeserver refuses is parked, and tried again when power changes`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve]))
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org")) }
        try await bench.answerAll { $0.verb == "ban" ? refused() : nil }
        #expect(bench.parkedBans == ["@eve:evil.org !lobby:a.org"])
        try await bench.sync { $0.timeline(lobby, Events.levels([bot: 100], ban: 51)) }
        #expect(bench.bans == ["@eve:evil.org !lobby:a.org"])
    }

    @Test func `whoever stands above the bot is parked with the numbers`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve]))
        try await bench.sync { $0.timeline(lobby, Events.levels([bot: 100, eve: 100])) }
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org")) }
        #expect(
            bench.open { $0.verb == "ban" }.first?.result
                == "they have power level 100 and I have power level 100: raise mine above theirs, or lower theirs"
        )
    }

    @Test func `power that is lost and regained is told once each`() async throws {
        var bench = try await Bench.enforcing()
        for _ in 0..<2 { try await bench.sync { $0.timeline(lobby, Events.levels([bot: 10])) } }
        #expect(bench.said.count { $0.contains("cannot ban") } == 1)
        for _ in 0..<2 { try await bench.sync { $0.timeline(lobby, Events.levels([bot: 60])) } }
        #expect(bench.said.count { $0.contains("may ban in") } == 1)
    }

    @Test func `a room that was replaced is told once, with its successor's ID as it is`() async throws {
        var bench = try await Bench.enforcing()
        let tombstone: JSONValue = ["replacement_room": "!_IoqJL__o57*G"]
        for _ in 0..<2 { try await bench.sync { $0.timeline(lobby, Events.state(.tombstone, tombstone)) } }
        #expect(
            bench.said == [
                "⚠️ !lobby:a.org was replaced by its moderators. Its successor is !_IoqJL__o57*G. "
                    + "Protect the successor with `rooms add`."
            ]
        )
    }

    @Test func `a replacement that comes while the room is read is told`() async throws {
        let (old, tombstone): (RoomID, _) = ("!old:a.org", Events.state(.tombstone, ["replacement_room": "!new:a.org"]))
        var world = Bench.world()
        world[old] = Events.room([]) + [tombstone]
        var bench = try await Bench.enforcing(world)
        let rooms: [JSONValue] = [lobby, old].map { .string($0.rawValue) }
        try await bench.sync { $0.account(AccountDataType.protectedRooms, ["rooms": .array(rooms)]) }
        try await bench.sync { $0.timeline(old, tombstone) }
        try await bench.answerAll()
        #expect(bench.said.count { $0.contains("was replaced") } == 1, "\(bench.said)")
    }

    @Test func `what stood in a room when it was read is no news, before and after a restart`() async throws {
        let tombstone = Events.state(.tombstone, ["replacement_room": "!new:a.org"])
        let encryption = Events.state(.encryption, ["algorithm": "m.megolm.v1.aes-sha2"])
        var world = Bench.world()
        world[lobby]?.append(tombstone)
        world[Community.management]?.append(encryption)
        var bench = try await Bench.enforcing(world)
        for _ in 0..<2 {
            try await bench.sync { $0.timeline(lobby, tombstone).timeline(Community.management, encryption) }
            #expect(bench.said == [])
            try await bench.restart()
            try await bench.sync()
            try await bench.answerAll()
            bench.forgetJournal()
        }
    }

    @Test func `a parked ban that is not wanted any more goes when power comes`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve]))
        try await bench.sync { $0.timeline(lobby, Events.levels([bot: 40])) }
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org")) }
        try await bench.sync { $0.timeline(lobby, Events.member(eve, .leave)) }
        try await bench.sync { $0.timeline(lobby, Events.levels([bot: 100])) }
        #expect(bench.open { $0.verb == "ban" } == [])
    }

    @Test func `a parked ban survives a restart, and goes when power came meanwhile`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve]))
        try await bench.sync { $0.timeline(lobby, Events.levels([bot: 40])) }
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org")) }
        try await bench.restart()
        #expect(bench.parkedBans == ["@eve:evil.org !lobby:a.org"])
        try await bench.sync { $0.timeline(lobby, Events.levels([bot: 100])) }
        #expect(bench.bans == ["@eve:evil.org !lobby:a.org"])
        #expect(bench.open { $0.verb == "ban" }.count == 1)
    }

    // MARK: The bot's own place

    @Test func `a room that the bot was removed from is told, and nobody is banned there`() async throws {
        var bench = try await Bench.enforcing(Bench.world(lobby: [eve]))
        try await bench.sync { body in
            var body = body
            body.left = [(lobby, [Events.member(bot, .leave, by: Community.mod)])]
            return body
        }
        #expect(bench.said.contains { $0.contains("@mod:a.org removed me from the protected room") })
        try await bench.sync { $0.timeline(list, Events.rule("@eve:evil.org")) }
        #expect(bench.bans == [])
    }

    @Test func `a room that takes the bot back is read anew and enforced`() async throws {
        var bench = try await Bench.enforcing(Bench.world(rules: Events.rule("@eve:evil.org")))
        try await bench.sync { body in
            var body = body
            body.left = [(lobby, [Events.member(bot, .ban, by: Community.mod)])]
            return body
        }
        bench.world[lobby] = Events.room([eve])
        try await bench.sync { $0.timeline(lobby) }
        let sent = try await bench.answerAll()
        #expect(sent.contains(.loadState(lobby)))
        #expect(sent.contains(.ban(eve, in: lobby, reason: "spam")))
    }

    @Test func `a room is read anew although the process died while it was`() async throws {
        var bench = try await Bench.enforcing(Bench.world(rules: Events.rule("@eve:evil.org")))
        try await bench.sync { body in
            var body = body
            body.left = [(lobby, [Events.member(bot, .leave, by: Community.mod)])]
            return body
        }
        try await bench.sync { $0.timeline(lobby) }
        try await bench.restart()
        bench.world[lobby] = Events.room([eve])
        try await bench.answerAll()
        try await bench.sync()
        #expect(try await bench.answerAll().contains(.ban(eve, in: lobby, reason: "spam")))
    }

    @Test func `an invitation back into a protected room is taken, others are not`() async throws {
        var bench = try await Bench.enforcing()
        try await bench.sync { body in
            var body = body
            body.left = [(lobby, [Events.member(bot, .leave, by: Community.mod)])]
            return body
        }
        try await bench.sync { body in
            var body = body
            body.invited = [lobby, "!other:a.org"]
            return body
        }
        #expect(bench.open { $0.verb == "join" }.map(\.action) == [.join(RoomReference(lobby))])
    }

    @Test func `a removal and an invitation between two answers are an invitation`() async throws {
        var bench = try await Bench.enforcing()
        try await bench.sync { body in
            var body = body
            body.invited = [lobby]
            return body
        }
        #expect(bench.open { $0.verb == "join" }.map(\.action) == [.join(RoomReference(lobby))])
    }
}
