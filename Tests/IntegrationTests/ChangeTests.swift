import JSON
import MatrixCore
import Testing

/// What is wanted changes while it is being done.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct ChangeTests {
    @Test func `an unban in the middle of a wave takes back what was not done yet`() async throws {
        try await withProtectedCommunity(.init(rooms: 10, members: 1), on: .tellingStateAfter) { town in
            let user = town.members[0].userID
            let room = try await town.start()
            town.proxy.inject(.delayAnswer(.milliseconds(700)), into: .post, "rooms/*/ban", times: 100)
            try await town.ban(town.members)
            try await town.proxy.waitForRequests(1, .post, "rooms/*/ban", answered: true)
            let answer = try await room.command("unban \(user) --no-confirm", within: .seconds(180))
            #expect(answer.isDone, "\(answer.text)")
            let rooms = town.rooms
            try await room.feed.rooms("nobody banned") { seen in
                rooms.allSatisfy { seen.membership(of: user, in: $0) != .ban }
            }
            // And stays so: a rule for somebody else is carried out after all that was there before.
            let last = try await town.account.homeserver.register("last")
            try await last.join(rooms[0])
            try await town.ban([last])
            try await room.bans(of: [last], in: [rooms[0]])
            for protected in rooms { #expect(try await town.moderator.membership(of: user, in: protected) != .ban) }
        }
    }

    @Test func `a room that is let go in the middle of a wave is left alone`() async throws {
        try await withProtectedCommunity(.init(rooms: 3, members: 4), on: .tellingStateAfter) { town in
            let room = try await town.start()
            town.proxy.inject(.delayAnswer(.milliseconds(500)), into: .post, "rooms/*/ban", times: 100)
            try await town.ban(town.members)
            try await town.proxy.waitForRequests(3, .post, "rooms/*/ban")
            #expect(try await room.command("rooms remove \(town.rooms[0])").isDone)
            try await room.bans(of: town.members, in: Array(town.rooms.dropFirst()))
            _ = try await room.message { $0.contains("banned") && $0.contains(" in 3 rooms in ") }
            let banned = try await town.moderator.members(of: town.rooms[0]).count { $0.value == .ban }
            #expect(banned > 0 && banned < 4)
        }
    }

    @Test func `a member who goes is not waited for, and is banned when they come back`() async throws {
        try await withProtectedCommunity(.init(rooms: 2, members: 1), on: .tellingStateAfter) { town in
            let room = try await town.start()
            #expect(try await room.command("pause").isDone)
            try await town.ban(town.members)
            for protected in town.rooms { try await town.members[0].leave(protected) }
            #expect(try await room.command("status").text.contains("Nothing waits"))
            #expect(try await room.command("resume").isDone)
            for protected in town.rooms { try await town.members[0].join(protected) }
            try await room.bans(of: town.members, in: town.rooms)
            #expect(await room.banCounts.values.allSatisfy { $0 == 1 })
        }
    }

    /// As another client of the same account does, or an older program that ran before.
    @Test func `account data that changes while the bot runs is followed`() async throws {
        try await withProtectedCommunity(.init(rooms: 2, members: 1), on: .tellingStateAfter) { town in
            let first: JSONValue = ["rooms": [.string(town.rooms[0].rawValue)], "kept": 1]
            try await town.account.setAccountData(AccountDataType.protectedRooms, first)
            let room = try await town.start()
            try await town.ban(town.members)
            try await room.bans(of: town.members, in: [town.rooms[0]])
            #expect(await room.banCounts.count == 1)
            let both = first.with("rooms", .array(town.rooms.map { .string($0.rawValue) }))
            try await town.account.setAccountData(AccountDataType.protectedRooms, both)
            try await room.bans(of: town.members, in: town.rooms)

            // What the bot writes keeps what it does not know.
            #expect(try await room.command("rooms remove \(town.rooms[0])").isDone)
            let written = try await town.account.accountData(AccountDataType.protectedRooms)
            #expect(written == ["rooms": [.string(town.rooms[1].rawValue)], "kept": 1])
        }
    }

    @Test func `a room that is replaced is told with its successor`() async throws {
        try await withProtectedCommunity(.init(rooms: 1, members: 0), on: .tellingStateAfter) { town in
            let room = try await town.start()
            let path = MatrixPath.client("rooms", town.rooms[0].rawValue, "upgrade")
            let next = try await town.moderator.call(.post, path, ["new_version": "12"]).text("replacement_room")
            _ = try await room.message { $0.contains("was replaced") && $0.contains(next) }
        }
    }
}
