import JSON
import MatrixCore
import Testing

/// How the bot comes to its management room, and who commands it there.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct ManagementRoomTests {
    @Test func `joins the room of a configured alias that it was invited to`() async throws {
        try await withProtectedCommunity(.init(rooms: 1)) { town in
            let alias = "moderators-\(uniqueSuffix())"
            var plan = NewRoom(
                name: "Moderators",
                isPublic: false,
                aliasLocalpart: alias,
                invited: [town.account.userID]
            )
            plan.powerLevels = ["users": .object([town.moderator.userID: 101, town.account.userID: 100])]
            let id = try await town.moderator.createRoom(plan)
            await town.bot.configure("initialManager", nil)
            await town.bot.configure("managementRoom", .string("#\(alias):synapse.test"))
            let feed = try await town.moderator.follow()
            let room = ManagementRoom(moderator: town.moderator, bot: town.account.userID, room: id, feed: feed)
            try await town.ban(town.members)
            try await town.bot.start()
            try await room.bans(of: town.members, in: town.rooms)
            #expect(try await room.command("status").isDone)
            #expect(town.proxy.count(.post, "createRoom") == 0)
        }
    }

    @Test func `finds the room that it made before, with all of its data path lost`() async throws {
        try await withProtectedCommunity(.init(rooms: 1, members: 2)) { town in
            let room = try await town.start()
            try await town.ban([town.members[0]])
            try await room.bans(of: [town.members[0]], in: town.rooms)
            try await town.bot.stop()
            await town.bot.configure("dataPath", .string(town.bot.folder + "/new"))
            try await town.ban([town.members[1]])
            try await town.bot.start()
            try await room.bans(of: town.members, in: town.rooms)
            #expect(try await room.command("status").isDone)
            // Not requests: one that was lost on the way makes no room.
            #expect(Set(try await town.account.joinedRooms()) == Set(town.rooms + [town.list, room.room]))
            #expect(town.proxy.count(.post, "rooms/*/ban") == 2)
        }
    }

    @Test func `takes commands in its management room only`() async throws {
        try await withProtectedCommunity(.init(rooms: 2, members: 2)) { town in
            let room = try await town.start()
            for place in town.rooms + [town.list] {
                try await town.moderator.say("!draupnir ban \(town.members[0].userID) coc spam", in: place)
                try await town.moderator.say("!draupnir pause", in: place)
            }
            try await town.members[0].say("!draupnir kick \(town.members[1].userID)", in: town.rooms[0])
            try await town.ban([town.members[1]])
            try await room.bans(of: [town.members[1]], in: town.rooms)
            #expect(try await room.command("rules").text.contains("1 rule"))
            #expect(!(try await room.command("status").text.contains("Paused")))
            #expect(await room.banCounts.count == 2)
            let bot = room.bot
            let spoken = await room.feed.events.filter { $0.sender == bot && $0.type == .message }
            #expect(spoken.allSatisfy { $0.room == room.room })
        }
    }
}
