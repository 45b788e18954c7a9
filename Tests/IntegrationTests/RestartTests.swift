import JSON
import MatrixCore
import Testing

/// What a restart, or a crash, costs: nothing.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct RestartTests {
    @Test func `a wave that was killed is finished, and nobody is banned twice`() async throws {
        try await withProtectedCommunity(.init(rooms: 10, members: 5)) { town in
            let room = try await town.start()
            // Slower than it need be, so that the wave is under way when the bot dies.
            town.proxy.inject(.delayAnswer(.milliseconds(100)), into: .post, "rooms/*/ban", times: 1_000)
            try await town.ban(town.members)
            try await town.proxy.waitForRequests(15, .post, "rooms/*/ban", answered: true)
            try await town.bot.kill()
            let before = town.proxy.requests(.post, "rooms/*/ban").count { $0.status == 200 }
            #expect(before < 50)
            town.proxy.heal()

            try await town.bot.start()
            try await room.bans(of: town.members, in: town.rooms)
            let done = town.proxy.requests(.post, "rooms/*/ban").filter { $0.status == 200 }
            // A request that was cut off by the end of the bot has no status, and may have been done.
            #expect(done.count <= 50)
            #expect(Set(done.map { $0.target + $0.text }).count == done.count)
            #expect(await room.banCounts == counts(of: 1, town.members, town.rooms))
        }
    }

    @Test func `a restart enforces from disk, without asking for state`() async throws {
        try await withProtectedCommunity(.init(rooms: 3, members: 2)) { town in
            let room = try await town.start()
            try await town.ban([town.members[0]])
            try await room.bans(of: [town.members[0]], in: town.rooms)
            #expect(try await town.bot.stop() == .exited(code: 0))

            try await town.ban([town.members[1]])
            town.proxy.resetCounts()
            try await town.bot.start()
            try await town.proxy.waitForRequests(3, .post, "rooms/*/ban")
            try await room.bans(of: town.members, in: town.rooms)
            #expect(town.proxy.count(.get, "rooms/*/state") == 0)
            #expect(town.proxy.count(.post, "rooms/*/ban") == 3)
            let syncs = town.proxy.requests(.get, "sync")
            #expect(syncs.allSatisfy { $0.target.contains("since=") })
        }
    }

    @Test func `takes nothing back up that was settled while it was away`() async throws {
        try await withProtectedCommunity(.init(rooms: 2, members: 2)) { town in
            let room = try await town.start()
            try await town.bot.stop()
            let key = "rule:\(town.members[0].userID)"
            try await town.ban(town.members)
            try await town.policy(.user, key: key, [:])
            try await town.moderator.ban(town.members[1].userID, from: town.rooms[0])
            town.proxy.resetCounts()
            try await town.bot.start()
            try await room.bans(of: [town.members[1]], in: town.rooms)
            #expect(town.proxy.count(.post, "rooms/*/ban") == 1)
            #expect(try await town.moderator.membership(of: town.members[0].userID, in: town.rooms[0]) == .join)
        }
    }

    private func counts(of count: Int, _ users: [TestClient], _ rooms: [RoomID]) -> [BannedPlace: Int] {
        var counts: [BannedPlace: Int] = [:]
        for user in users { for room in rooms { counts[BannedPlace(room: room, user: user.userID)] = count } }
        return counts
    }
}
