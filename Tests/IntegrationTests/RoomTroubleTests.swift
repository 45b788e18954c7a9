import JSON
import MatrixCore
import Testing

/// Rooms that are lost and found again, and power that goes and comes.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct RoomTroubleTests {
    @Test func `a bot that was removed says so, and goes on when it is invited again`() async throws {
        try await withProtectedCommunity(.init(rooms: 2), on: .tellingStateAfter) { town in
            let room = try await town.start()
            let (lost, kept) = (town.rooms[0], town.rooms[1])
            try await town.moderator.kick(town.account.userID, from: lost, reason: "by mistake")
            _ = try await room.message {
                $0.contains("removed me") && $0.contains("Room 1") && $0.contains("by mistake")
            }
            #expect(try await room.command("rooms").text.contains("Protected rooms that I am not in: 1"))
            try await town.ban(town.members)
            try await room.bans(of: town.members, in: [kept])
            #expect(await room.banCounts.count == 1)

            try await town.moderator.invite(town.account.userID, to: lost)
            try await room.bans(of: town.members, in: [lost])
            #expect(!(try await room.command("rooms").text.contains("not in")))
            #expect(await room.banCounts.values.allSatisfy { $0 == 1 })
        }
    }

    @Test func `a bot that was banned says so, and goes on when it is unbanned and invited`() async throws {
        try await withProtectedCommunity(.init(rooms: 1), on: .tellingStateAfter) { town in
            let room = try await town.start()
            try await town.moderator.ban(town.account.userID, from: town.rooms[0])
            _ = try await room.message { $0.contains("banned me from the protected room") }
            try await town.bot.stop()
            try await town.ban(town.members)
            try await town.bot.start()
            _ = try await room.message { $0.contains("⚠️ The room") && $0.contains("cannot be had") }
            try await town.moderator.unban(town.account.userID, in: town.rooms[0])
            try await town.moderator.invite(town.account.userID, to: town.rooms[0])
            try await room.bans(of: town.members, in: town.rooms)
        }
    }

    @Test func `power that is taken parks bans, and power that is given lets them go on at once`() async throws {
        try await withProtectedCommunity(.init(rooms: 2, members: 2), on: .tellingStateAfter) { town in
            let room = try await town.start()
            let (weak, strong) = (town.rooms[0], town.rooms[1])
            try await town.moderator.setPowerLevel(0, of: town.account.userID, in: weak)
            _ = try await room.message { $0.contains("I cannot ban in Room 1") && $0.contains("need 50") }
            try await town.ban([town.members[0]])
            try await room.bans(of: [town.members[0]], in: [strong])
            _ = try await room.message { $0.contains("could not be done") }
            #expect(try await room.command("status").text.contains("1 action"))
            try await town.members[0].leave(weak)
            #expect(!(try await room.command("status").text.contains("1 action")))
            try await town.members[0].join(weak)
            let asked = town.proxy.count(.post, "rooms/*/ban")
            #expect(asked == 1)

            try await town.moderator.setPowerLevel(100, of: town.account.userID, in: weak)
            try await room.bans(of: [town.members[0]], in: [weak])
            _ = try await room.message { $0.contains("I may ban in Room 1") }

            // Of a target that the bot may not touch nothing is asked either, until it may.
            try await town.moderator.setPowerLevel(100, of: town.members[1].userID, in: weak)
            try await town.ban([town.members[1]])
            try await room.bans(of: [town.members[1]], in: [strong])
            try await town.proxy.waitForRequests(3, .post, "rooms/*/ban", answered: true)
            #expect(town.proxy.requests(.post, "rooms/*/ban").allSatisfy { $0.status == 200 })
            try await town.members[1].setPowerLevel(0, of: town.members[1].userID, in: weak)
            try await room.bans(of: [town.members[1]], in: [weak])
            #expect(await room.banCounts.values.allSatisfy { $0 == 1 })
        }
    }

    /// Power that comes while the bot is away is seen at its start.
    @Test func `parked bans are kept over a restart`() async throws {
        try await withProtectedCommunity(.init(rooms: 1), on: .tellingStateAfter) { town in
            let room = try await town.start()
            try await town.moderator.setPowerLevel(0, of: town.account.userID, in: town.rooms[0])
            try await town.ban(town.members)
            _ = try await room.message { $0.contains("could not be done") }
            try await town.bot.stop()
            try await town.moderator.setPowerLevel(100, of: town.account.userID, in: town.rooms[0])
            try await town.bot.start()
            try await room.bans(of: town.members, in: town.rooms)
        }
    }

    @Test func `a list that the bot was removed from stays in force as it was last read`() async throws {
        try await withProtectedCommunity(.init(rooms: 1), on: .tellingStateAfter) { town in
            let room = try await town.start()
            let spammer = try await town.account.homeserver.register("spammer")
            try await town.ban([spammer])
            #expect(try await room.command("rules").text.contains("1 rule"))
            try await town.moderator.kick(town.account.userID, from: town.list)
            _ = try await room.message { $0.contains("removed me from the policy list") }
            try await spammer.join(town.rooms[0])
            try await room.bans(of: [spammer], in: town.rooms)
        }
    }
}
