import JSON
import MatrixCore
import Testing

/// Under the homeserver's rate limits: slower, and nothing is lost.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct RateLimitTests {
    private static let limited = SynapseOptions(limitsRates: true)

    /// Ten at once and then one in five seconds: what Synapse allows an account that nobody lifted the limits of.
    @Test func `the usual limits only make a wave slower`() async throws {
        try await withProtectedCommunity(.init(rooms: 2, members: 5), on: Self.limited) { town in
            let room = try await town.start()
            try await town.ban(town.members)
            try await room.bans(of: town.members, in: town.rooms, within: .seconds(180))
            #expect(await room.banCounts.values.allSatisfy { $0 == 1 })
            #expect(try await room.command("status", within: .seconds(180)).isDone)
        }
    }

    @Test func `commands are answered while a wave is limited, and every notice comes`() async throws {
        try await withProtectedCommunity(.init(rooms: 6, members: 4), on: Self.limited) { town in
            let room = try await town.start()
            try await town.limit(to: 2, burst: 5)
            try await town.ban(town.members)
            try await town.proxy.waitForRequests(8, .post, "rooms/*/ban", within: .seconds(180))
            for number in 1...5 {
                #expect(
                    try await room.command("rules matching @x\(number):elsewhere.example", within: .seconds(180)).isDone
                )
            }
            try await room.bans(of: town.members, in: town.rooms, within: .seconds(180))
            _ = try await room.message(within: .seconds(180)) {
                $0.contains("banned") && $0.contains("in 6 rooms in ")
            }
            #expect(await room.banCounts.values.allSatisfy { $0 == 1 })
            #expect(town.proxy.requests(.post, "rooms/*/ban").count { $0.status == 200 } == 24)
        }
    }

    @Test func `a large wave goes on at the pace that is allowed`() async throws {
        try await withProtectedCommunity(.init(rooms: 10, members: 20), on: Self.limited) { town in
            let room = try await town.start()
            try await town.limit(to: 10, burst: 10)
            try await town.ban(town.members)
            try await room.bans(of: town.members, in: town.rooms, within: .seconds(400))
            #expect(await room.banCounts.count == 200)
            #expect(await room.banCounts.values.allSatisfy { $0 == 1 })
            let refused = town.proxy.exchanges.count { $0.status == 429 }
            #expect(refused < 40, "\(refused) requests were refused")
        }
    }

    /// While permits are few, one at a time is given out, and good news waits for all bans.
    @Test func `bans come before notices`() async throws {
        try await withProtectedCommunity(.init(rooms: 4, members: 6)) { town in
            let room = try await town.start()
            // A room of nobody whom rules name.
            var quiet = NewRoom(name: "Quiet")
            quiet.powerLevels = ["users": .object([town.moderator.userID: 101, town.account.userID: 100])]
            let other = try await town.moderator.createRoom(quiet)
            #expect(try await room.command("rooms add \(other)").isDone)

            // A permit is there as soon as an answer is, while its room still waits for what comes of it.
            let slow: JSONValue = ["errcode": "M_LIMIT_EXCEEDED", "error": "slow", "retry_after_ms": 20]
            town.proxy.inject(.refuse(status: 429, slow), into: .post, "rooms/*/ban", times: 2)
            town.proxy.inject(.delayAnswer(.milliseconds(200)), into: .post, "rooms/*/ban", times: 100)
            try await town.ban(town.members)
            try await town.proxy.waitForRequests(2, .post, "rooms/*/ban", answered: true)
            try await town.moderator.setPowerLevel(0, of: town.account.userID, in: other)
            _ = try await room.message { $0.contains("I cannot ban in Quiet") }
            try await town.moderator.setPowerLevel(100, of: town.account.userID, in: other)
            _ = try await room.message { $0.contains("I may ban in Quiet") }

            let requests = town.proxy.exchanges
            let notice = try #require(requests.firstIndex { $0.text.contains("I may ban in") })
            #expect(requests[..<notice].count { $0.matches(.post, "rooms/*/ban") && $0.status == 200 } == 24)
            #expect(await room.banCounts.values.allSatisfy { $0 == 1 })
        }
    }
}

extension ProtectedCommunity {
    /// Limits how fast the bot may act.
    fileprivate func limit(to perSecond: Int64, burst: Int64) async throws {
        let admin = try await account.homeserver.register("admin", isAdmin: true)
        try await admin.setRateLimit(of: account.userID, perSecond: perSecond, burst: burst)
    }
}
