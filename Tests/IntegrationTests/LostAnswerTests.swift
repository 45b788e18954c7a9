import JSON
import MatrixCore
import Testing

/// The homeserver acts and its answer is lost: nothing is done twice.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct LostAnswerTests {
    @Test func `bans whose answers were lost are not asked for again`() async throws {
        try await withProtectedCommunity(.init(rooms: 4)) { town in
            let room = try await town.start()
            town.proxy.inject(.loseAnswer(), into: .post, "rooms/*/ban", times: 2)
            town.proxy.inject(.loseAnswer(after: 0), into: .post, "rooms/*/ban", times: 2)
            try await town.ban(town.members)
            _ = try await room.message { $0.contains("banned \(town.members[0].userID) in 4 rooms") }
            try await town.proxy.waitForRequests(4, .post, "rooms/*/ban", answered: true)
            #expect(town.proxy.requests(.post, "rooms/*/ban").map(\.status) == [200, 200, 200, 200])
            #expect(await room.banCounts.values.allSatisfy { $0 == 1 })
        }
    }

    @Test func `bans that never reached the homeserver are asked for again`() async throws {
        try await withProtectedCommunity { town in
            let room = try await town.start()
            town.proxy.inject(.loseRequest, into: .post, "rooms/*/ban", times: 4)
            town.proxy.inject(.refuse(status: 502), into: .post, "rooms/*/ban", times: 2)
            try await town.ban(town.members)
            try await room.bans(of: town.members, in: town.rooms)
            #expect(town.proxy.requests(.post, "rooms/*/ban").count { $0.status == 200 } == 2)
        }
    }

    @Test func `a management room whose making was not answered is found again`() async throws {
        try await withProtectedCommunity(.init(rooms: 1)) { town in
            town.proxy.inject(.loseAnswer(), into: .post, "createRoom")
            let room = try await town.start()
            #expect(town.proxy.count(.post, "createRoom") == 1)
            #expect(try await room.command("status").isDone)
            #expect(try await town.account.accountData(AccountDataType.managementRoom) == ["room": .string(link(room))])
            #expect(Set(try await town.account.joinedRooms()) == Set(town.rooms + [town.list, room.room]))
        }
    }

    @Test func `a command whose requests are not answered ends well, and is done once`() async throws {
        try await withProtectedCommunity(.init(rooms: 2)) { town in
            let user = town.members[0].userID
            let room = try await town.start()
            town.proxy.inject(.loseAnswer(), into: .put, "rooms/*/state/m.policy.rule.user/*")
            town.proxy.inject(.loseAnswer(), into: .put, "send/m.reaction/*")
            town.proxy.inject(.loseAnswer(), into: .put, "send/m.room.message/*")
            let answer = try await room.command("ban \(user) coc spam")
            #expect(answer.isDone, "\(answer.text)")
            try await room.bans(of: town.members, in: town.rooms)

            town.proxy.inject(.loseAnswer(), into: .post, "rooms/*/unban", times: 2)
            #expect(try await room.command("unban \(user) --no-confirm").isDone)
            try await room.feed.rooms("the unban") { $0.membership(of: user, is: .leave, in: town.rooms) }
            #expect(town.proxy.count(.post, "rooms/*/unban") == 2)

            let events = await room.feed.events
            #expect(events.count { $0.type.rawValue == "m.policy.rule.user" } == 2)
            #expect(events.count { $0.reaction?.key == "✅" } == 2)
            #expect(events.count { $0.answered != nil && $0.sender == room.bot } == 2)
            #expect(events.count { $0.memberChange?.0 == user && $0.sender == room.bot } == 4)
        }
    }

    private func link(_ room: ManagementRoom) -> String {
        Permalink(.room(RoomReference(room.room, via: [room.bot.server]))).text
    }
}
