import JSON
import MatrixCore
import Testing

/// From the start of the program to enforcing.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct StartTests {
    @Test func `rules that were there before are enforced, and the room is told first how much that is`() async throws {
        try await withProtectedCommunity(.init(rooms: 10, members: 2)) { town in
            try await town.ban(town.members)
            // Told and the first bans are under way at the same time; without answers no others follow these.
            let gate = Gate()
            town.proxy.inject(.holdAnswer(until: gate), into: .post, "rooms/*/ban", times: 20)
            let room = try await town.start()
            _ = try await room.message { $0.contains("2 users who are present will be banned in 10 rooms") }
            #expect(town.proxy.count(.post, "rooms/*/ban") < 20)
            gate.open()
            try await room.bans(of: town.members, in: town.rooms)
            _ = try await room.message { $0.contains("banned") && $0.contains("in 10 rooms in ") }
            #expect(await room.banCounts.values.allSatisfy { $0 == 1 })
            #expect(town.proxy.count(.post, "rooms/*/ban") == 20)
        }
    }

    @Test func `is unhealthy until it enforces`() async throws {
        try await withProtectedCommunity(.init(rooms: 1)) { town in
            try await town.ban(town.members)
            let gate = Gate()
            town.proxy.inject(.holdAnswer(until: gate), into: .get, "rooms/*/state", times: 20)
            try await town.bot.launch()
            try await town.proxy.waitForRequests(1, .get, "rooms/*/state", answered: true)
            #expect(await town.bot.health() == 418)
            gate.open()
            try await town.bot.waitUntilHealthy()
            let room = try await ManagementRoom.join(town.moderator, invitedBy: town.account.userID)
            try await room.bans(of: town.members, in: town.rooms)
        }
    }

    /// One member is banned by a good rule, whatever else is broken.
    @Test func `goes on without rooms, lists and rules that cannot be had, and tells of each`() async throws {
        try await withProtectedCommunity { town in
            let closed = try await town.moderator.createRoom(NewRoom(name: "Closed", isPublic: false))
            let rooms = (town.rooms + [closed]).map { JSONValue.string($0.rawValue) } + ["no room"]
            try await town.account.setAccountData(AccountDataType.protectedRooms, ["rooms": .array(rooms)])
            let dead = "#dead-\(uniqueSuffix()):synapse.test"
            try await town.account.setAccountData(
                AccountDataType.watchedLists,
                ["references": [.string(dead), .string(link(to: town.list)), 7]]
            )
            let malformed = try await town.policy(.user, key: "bad", ["entity": 5, "recommendation": "m.ban"])
            try await town.ban(town.members)

            let room = try await town.start()
            try await room.bans(of: town.members, in: town.rooms)
            for expected in [closed.rawValue, dead, malformed.rawValue, "no room"] {
                _ = try await room.message { $0.contains("⚠️") && $0.contains(expected) }
            }
        }
    }

    @Test func `goes on by what it read last while its account data cannot be read`() async throws {
        try await withProtectedCommunity(.init(rooms: 1, members: 2)) { town in
            let room = try await town.start()
            try await town.account.setAccountData(AccountDataType.watchedLists, ["references": "cheese"])
            _ = try await room.message { $0.contains(AccountDataType.watchedLists.rawValue) }
            try await town.ban([town.members[0]])
            try await room.bans(of: [town.members[0]], in: town.rooms)

            #expect(try await town.bot.stop() == .exited(code: 0))
            try await town.ban([town.members[1]])
            try await town.bot.start()
            try await room.bans(of: town.members, in: town.rooms)
        }
    }

    @Test func `starts on an account whose account data cannot be read`() async throws {
        try await withProtectedCommunity(.init(rooms: 1)) { town in
            try await town.account.setAccountData(AccountDataType.watchedLists, ["references": "cheese"])
            try await town.account.setAccountData(AccountDataType.protectedRooms, [:])
            let room = try await town.start()
            _ = try await room.message { $0.contains(AccountDataType.watchedLists.rawValue) }
            #expect(try await room.command("rooms add \(town.rooms[0])").isDone)
            #expect(try await room.command("watch \(town.list) --no-confirm").isDone)
            try await town.ban(town.members)
            try await room.bans(of: town.members, in: town.rooms)
        }
    }
}
