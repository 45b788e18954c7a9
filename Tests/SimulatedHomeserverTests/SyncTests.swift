import JSON
import MatrixCore
import Moderation
import Protections
import SimulatedHomeserver
import Testing

@Suite(.timeLimit(.minutes(1))) struct SyncTests {
    @Test func `a sync waits until its time is over, and says that there is nothing`() async throws {
        let town = try await Town()
        let since = try await town.position()
        async let waiting = town.sync(since, waiting: .seconds(30))
        await town.time.whenSleeping()
        #expect(await town.homeserver.log.last?.isAnswered == false)
        town.time.advance(by: .seconds(30))
        let body = try await waiting
        #expect(body["rooms"] == nil)
        #expect(body["next_batch"] == .string(since))
    }

    @Test func `a sync that waits is answered when something happens`() async throws {
        let town = try await Town()
        let since = try await town.position()
        async let waiting = town.sync(since, waiting: .seconds(30))
        await town.time.whenSleeping()
        try await town.homeserver.say("heard", by: town.alice, in: town.room)
        let part = try await waiting["rooms"]?["join"]?[town.room.rawValue]
        #expect(part?["timeline"]?["events"]?.elements.map { $0["content"]?["body"] } == ["heard"])
        #expect(town.time.sleeperCount == 0)
    }

    @Test func `what happens elsewhere does not end the wait, nor put it off`() async throws {
        let town = try await Town()
        let elsewhere = try await town.homeserver.makeRoom(by: town.alice)
        let since = try await town.position()
        async let waiting = town.sync(since, waiting: .seconds(30))
        await town.time.whenSleeping()
        town.time.advance(by: .seconds(20))
        try await town.homeserver.say("unheard", by: town.alice, in: elsewhere)
        await town.time.whenSleeping()
        town.time.advance(by: .seconds(10))
        #expect(try await waiting["rooms"] == nil)
    }

    @Test func `a sync that waits is cancelled`() async throws {
        let town = try await Town()
        let since = try await town.position()
        let waiting = Task { await failure { try await town.sync(since, waiting: .seconds(30)) } }
        await town.time.whenSleeping()
        waiting.cancel()
        #expect(await waiting.value == .cancelled)
        #expect(town.time.sleeperCount == 0)
    }

    @Test func `many syncs at once each get each event`() async throws {
        let town = try await Town()
        let start = try await town.position()
        let heard = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 1...8 {
                group.addTask {
                    var (since, heard): (String, [String]) = (start, [])
                    while heard.count < 50 {
                        let body = try await town.sync(since, waiting: .seconds(30))
                        let part = body["rooms"]?["join"]?[town.room.rawValue]
                        heard +=
                            part?["timeline"]?["events"]?.elements.compactMap { $0["content"]?["body"]?.text } ?? []
                        since = try #require(body["next_batch"]?.text)
                    }
                    return heard
                }
            }
            await town.time.whenSleeping(8)
            for number in 1...50 { try await town.homeserver.say("\(number)", by: town.alice, in: town.room) }
            var all: [[String]] = []
            for try await heard in group { all.append(heard) }
            return all
        }
        #expect(heard == Array(repeating: (1...50).map(String.init), count: 8))
    }

    @Test func `an event has its age by the server's clock, and the time that its sender claims`() async throws {
        let town = try await Town()
        let since = try await town.position()
        try await town.homeserver.append(.message, content: [:], by: town.alice, in: town.room, timestamp: 5)
        town.time.advance(by: .seconds(700))
        let body = try await town.sync(since)
        let event = body["rooms"]?["join"]?[town.room.rawValue]?["timeline"]?["events"]?.elements.first
        #expect(event?["unsigned"]?["age"] == 700_000)
        #expect(event?["origin_server_ts"] == 5)
    }

    @Test func `who is told of a transaction is its own account only`() async throws {
        let town = try await Town()
        let other = await town.homeserver.register(town.alice)
        let since = try await town.position()
        _ = try await town.bot.perform(.sendEvent(.message, content: [:], in: town.room), transaction: "mine")
        func transaction(_ account: SimulatedHomeserver.Account) async throws -> JSONValue? {
            let body = try await value(account.sync(SyncRequest(since: since, timeout: .zero)))
            let part = body["rooms"]?["join"]?[town.room.rawValue]
            return part?["timeline"]?["events"]?.elements.first?["unsigned"]?["transaction_id"]
        }
        #expect(try await transaction(town.bot) == "mine")
        #expect(try await transaction(other) == nil)
    }

    @Test func `the same script gives the same bytes, another seed other ones`() async throws {
        func run(seed: UInt64) async throws -> [[UInt8]] {
            var settings = SimulationSettings()
            settings.seed = seed
            let town = try await Town(settings)
            let members = try (1...40).map { try UserID(parsing: "@m\($0):b.org") }
            try await town.homeserver.join(members, to: town.room)
            _ = try await town.bot.perform(.ban(members[3], in: town.room, reason: "x"), transaction: "t")
            for version in ["10", "12"] {
                _ = try await town.homeserver.makeRoom(
                    by: town.bot.user,
                    RoomTemplate(preset: .privateChat, version: version)
                )
            }
            var request = SyncRequest(since: nil, timeout: .zero, lazyLoadsMembers: true)
            request.timelineLimit = 10
            return [
                try await bytes(town.bot.sync(request)),
                try await bytes(town.bot.sync(SyncRequest(since: nil, timeout: .zero))),
                try await bytes(town.bot.state(of: town.room)),
            ]
        }
        let first = try await run(seed: 1)
        #expect(try await run(seed: 1) == first)
        #expect(try await run(seed: 2) != first)
    }

    @Test func `a large room is no trouble`() async throws {
        let town = try await Town()
        let members = try (1...20_000).map { try UserID(parsing: "@member\($0):b\($0 % 50).org") }
        try await town.homeserver.join(members, to: town.room)
        for user in members.prefix(200) {
            _ = try await town.bot.perform(.ban(user, in: town.room, reason: ""), transaction: "t")
        }
        #expect(try await value(town.bot.state(of: town.room)).elements.count > 20_000)
        #expect(await town.homeserver.members(of: town.room).count == 19_802)
    }
}
