import BotHarness
import Commands
import JSON
import MatrixCore
import Moderation
import Observability
import PolicyEngine
import Protections
import RoomState
import SimulatedHomeserver
import TestSupport
import Testing

/// Taking over from a real Draupnir: the account data and state that version 3.1 left on a Synapse.
@Suite struct TakeOverTests {
    private let management: RoomID = "!management:example.org"

    private func bench() async throws -> Bench {
        var world: [RoomID: [JSONValue]] = [:]
        guard case .object(let rooms) = try fixture("draupnir-state.json") else { throw NoFixture() }
        for member in rooms.members { world[try RoomID(parsing: member.name)] = member.value.elements }
        var settings = BotSettings()
        settings.managementRoom = .room(RoomReference(management))
        var bench = try await Bench(world, settings: settings, user: "@draupnir:example.org")
        let data = try fixture("draupnir-account-data.json")["global"]?.elements ?? []
        let joined = world.keys.sorted()
        try await bench.sync { body in
            var body = body
            for entry in data {
                body = body.account(EventType(rawValue: entry["type"]?.text ?? ""), entry["content"] ?? .null)
            }
            for room in joined { body = body.with(room, .init()) }
            return body
        }
        try await bench.answerAll()
        return bench
    }

    private struct NoFixture: Error {}

    @Test func `everything that it protected and watched is protected and watched`() async throws {
        let bench = try await bench()
        #expect(bench.state.phase == .enforcing)
        #expect(
            bench.state.bot.protectedRooms.map(\.rawValue) == [
                "!room-0:example.org", "!room-1:example.org", "!room-2:example.org", "!made-1:example.org",
                "!management:example.org", "!made-2:example.org",
            ]
        )
        #expect(bench.state.bot.listRooms.map(\.rawValue) == ["!list:example.org", "!made-2:example.org"])
        #expect(bench.state.policies.list(named: "coc")?.count == 4)
        #expect(bench.state.policies.list(named: "second")?.count == 0)
        #expect(bench.state.bot.appliesMemberBans && bench.state.bot.appliesServerBans)
        #expect(bench.state.rooms.membership(of: "@user2:example.org", in: "!room-0:example.org") == .ban)
    }

    @Test func `what it had brought about is left as it is`() async throws {
        var bench = try await bench()
        bench.now = .seconds(5)
        try await bench.answerAll()
        let changes = bench.journal.values.filter { $0.action.changesSomething }.map(\.action)
        // The list that Draupnir made last had no ACL yet.
        #expect(changes.map(\.verb) == ["server_acl"])
        #expect(changes.first?.room == "!made-2:example.org")
    }

    @Test func `a room that is added is all that changes of the account data`() async throws {
        var bench = try await bench()
        let sent = try await bench.command(
            "!draupnir rooms add !new:example.org",
            in: management,
            by: "@mod:example.org"
        )
        let content: JSONValue = [
            "rooms": [
                "!room-0:example.org", "!room-1:example.org", "!room-2:example.org", "!made-1:example.org",
                "!management:example.org", "!made-2:example.org", "!new:example.org",
            ]
        ]
        #expect(sent.contains(.setAccountData(AccountDataType.protectedRooms, content: content)))
        #expect(sent.filter { $0.verb == "account_data" }.count == 1)
    }

    @Test func `a list that is watched and unwatched leaves the other references as they were written`() async throws {
        var bench = try await bench()
        var sent = try await bench.command(
            "!draupnir watch !more:b.org --no-confirm",
            in: management,
            by: "@mod:example.org"
        )
        let own: [JSONValue] = [
            "https://matrix.to/#/!list%3Aexample.org?via=example.org",
            "https://matrix.to/#/!made-2:example.org?via=example.org",
        ]
        let written = sent.compactMap { action -> [JSONValue]? in
            guard case .setAccountData(AccountDataType.watchedLists, let content) = action else { return nil }
            return content["references"]?.elements
        }
        #expect(written.count == 1)
        #expect(written.first?.prefix(2) == own[...])
        #expect(written.first?.count == 3)
        sent = try await bench.command("!draupnir unwatch !more:b.org", in: management, by: "@mod:example.org")
        #expect(sent.contains(.setAccountData(AccountDataType.watchedLists, content: ["references": .array(own)])))
    }

    @Test func `protections that this version lacks are told, and stay`() async throws {
        let bench = try await bench()
        #expect(bench.said.contains { $0.contains("WordListProtection") })
        #expect(!bench.journal.values.contains { $0.action.verb == "account_data" })
    }
}
