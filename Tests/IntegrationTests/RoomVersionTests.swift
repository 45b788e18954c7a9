import JSON
import MatrixCore
import Testing

/// Room versions that differ in who has power, and in how redactions and IDs look.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct RoomVersionTests {
    @Test(arguments: ["10", "12"])
    func `protects rooms of others by its power level`(version: String) async throws {
        try await withProtectedCommunity(.init(rooms: 1, members: 2, version: version)) { town in
            try await town.ban([town.members[0]])
            try await town.rule(.server, "evil.example")
            let room = try await town.start()
            try await room.bans(of: [town.members[0]], in: town.rooms)
            let rule = try await town.rule(.user, town.members[1].userID.rawValue)
            try await room.bans(of: [town.members[1]], in: town.rooms)
            let protected = town.rooms[0]
            try await room.feed.rooms("the ACL") { $0.state(.serverACL, in: protected) != nil }
            #expect(try await room.command("unban \(town.members[1].userID) --no-confirm").isDone)
            #expect(try await town.moderator.membership(of: town.members[1].userID, in: protected) == .leave)
            #expect(try await town.moderator.event(rule, in: town.list) != nil)
        }
    }

    @Test func `protects a room of version 12 that it created, and touches no creator`() async throws {
        try await withProtectedCommunity(.init(rooms: 0, members: 2)) { town in
            let (creator, member) = (town.members[0], town.members[1])
            var plan = NewRoom(version: "12", name: "Own")
            plan.creation = ["additional_creators": [.string(creator.userID.rawValue)]]
            let own = try await town.account.createRoom(plan)
            for user in [town.moderator] + town.members { try await user.join(own) }
            let room = try await town.start()
            #expect(try await room.command("rooms add \(own)").isDone)

            try await town.ban([creator, member])
            try await room.bans(of: [member], in: [own])
            _ = try await room.message { $0.contains("could not be done") && $0.contains("creator") }
            #expect(town.proxy.count(.post, "rooms/*/ban") == 1)
            #expect(try await town.moderator.membership(of: creator.userID, in: own) == .join)
        }
    }
}
