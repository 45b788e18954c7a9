import JSON
import MatrixCore
import Testing

/// What keeps a slip of the pen from emptying the community.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct BrakeTests {
    @Test func `a rule for everybody is held until a moderator releases it, and spares moderators and the bot`()
        async throws
    {
        try await withProtectedCommunity(.init(rooms: 1, members: 12)) { town in
            let room = try await town.start()
            #expect(try await room.command("held").text.contains("No rule is held"))
            try await town.rule(.user, "@*:*")
            _ = try await room.message { $0.contains("Held") && $0.contains("@*:*") && $0.contains("release 1") }
            #expect(try await room.command("held").text.contains("@*:*"))

            // A rule that names one user is in force all the same, and nobody else is banned with them.
            try await town.ban([town.members[0]])
            try await room.bans(of: [town.members[0]], in: town.rooms)
            #expect(await room.banCounts.count == 1)

            #expect(try await room.command("release 2").isRefused)
            #expect(try await room.command("release 1").isDone)
            try await room.bans(of: town.members, in: town.rooms)
            #expect(try await room.command("held").text.contains("No rule is held"))
            let left = try await town.moderator.members(of: town.rooms[0]).filter { $0.value == .join }.keys
            #expect(Set(left) == [town.moderator.userID, town.account.userID])
        }
    }

    @Test func `what is held stays held over a restart`() async throws {
        try await withProtectedCommunity(.init(rooms: 1, members: 10)) { town in
            let room = try await town.start()
            try await town.rule(.user, "@member-*")
            _ = try await room.message { $0.contains("Held") }
            try await town.bot.stop()
            try await town.bot.start()
            try await town.ban([town.members[0]])
            try await room.bans(of: [town.members[0]], in: town.rooms)
            #expect(await room.banCounts.count == 1)
            #expect(try await room.command("held").text.contains("@member-*"))
        }
    }

    @Test func `a list that would empty the community is held from the first start on`() async throws {
        try await withProtectedCommunity(.init(rooms: 1, members: 10)) { town in
            try await town.rule(.user, "@member-*")
            try await town.ban([town.members[0]])
            let room = try await town.start()
            try await room.bans(of: [town.members[0]], in: town.rooms)
            _ = try await room.message { $0.contains("Held") && $0.contains("release 1") }
            #expect(await room.banCounts.count == 1)
        }
    }

    @Test func `a moderator in the management room is spared, until they leave it`() async throws {
        try await withProtectedCommunity(.init(rooms: 1, members: 2)) { town in
            let room = try await town.start()
            let colleague = town.members[0]
            try await town.moderator.invite(colleague.userID, to: room.room)
            try await colleague.join(room.room)
            let answer = try await room.command("ban \(colleague.userID) coc by mistake")
            #expect(answer.isDone && answer.text.contains("spared"))
            try await town.rule(.user, town.moderator.userID.rawValue)
            try await town.rule(.user, town.account.userID.rawValue)
            try await town.ban([town.members[1]])
            try await room.bans(of: [town.members[1]], in: town.rooms)
            #expect(await room.banCounts.count == 1)

            try await colleague.leave(room.room)
            try await room.bans(of: [colleague], in: town.rooms)
        }
    }
}
