import JSON
import MatrixCore
import Testing

/// The program dies between the steps of a command: the next start goes on where it was.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct CrashTests {
    @Test func `a list that was being made is made once, and is watched in the end`() async throws {
        try await withProtectedCommunity(.init(rooms: 1)) { town in
            let room = try await town.start()
            let before = Set(try await town.account.joinedRooms())
            let gate = Gate()
            town.proxy.inject(.holdAnswer(until: gate), into: .post, "createRoom")
            let command = try await room.moderator.say(
                "!draupnir list create spam spam-\(uniqueSuffix())",
                in: room.room
            )
            try await town.proxy.waitForRequests(2, .post, "createRoom", answered: true)
            try await town.bot.kill()
            gate.open()

            try await town.bot.start()
            try await room.reaction("✅", on: command)
            #expect(try await room.command("ban \(town.members[0].userID) spam by the new list").isDone)
            try await room.bans(of: town.members, in: town.rooms)
            let new = Set(try await town.account.joinedRooms()).subtracting(before)
            #expect(new.count == 1)
            #expect(town.proxy.count(.post, "createRoom") == 2)
            let watched = try await town.account.accountData(AccountDataType.watchedLists)
            #expect(watched?["references"]?.elements.count == 2)
        }
    }

    @Test func `a rule that was being written is written, and its command answered once`() async throws {
        try await withProtectedCommunity(.init(rooms: 2)) { town in
            let room = try await town.start()
            let gate = Gate()
            town.proxy.inject(.holdAnswer(until: gate), into: .put, "rooms/*/state/m.policy.rule.user/*")
            let text = "!draupnir ban \(town.members[0].userID) coc spam"
            let command = try await room.moderator.say(text, in: room.room)
            try await town.proxy.waitForRequests(1, .put, "rooms/*/state/m.policy.rule.user/*", answered: true)
            try await town.bot.kill()
            gate.open()
            try await town.bot.start()
            try await room.reaction("✅", on: command)
            try await room.bans(of: town.members, in: town.rooms)
            #expect(try await room.command("rules").text.contains("1 rule"))
            let events = await room.feed.events
            #expect(events.count { $0.type.rawValue == "m.policy.rule.user" } == 1)
            #expect(events.count { $0.answered == command } == 1)
            #expect(events.count { $0.reaction?.target == command } == 1)
        }
    }

    @Test func `an unban of many rooms is finished, each once`() async throws {
        try await withProtectedCommunity(.init(rooms: 6, members: 0)) { town in
            let room = try await town.start()
            let user = try UserID(parsing: "@stranger:elsewhere.example")
            for protected in town.rooms { try await town.moderator.ban(user, from: protected) }
            // The bot knows of all of them.
            #expect(try await room.preview("unban \(user)").text.contains("in 6 rooms"))
            town.proxy.inject(.delayAnswer(.milliseconds(300)), into: .post, "rooms/*/unban", times: 2)
            let gate = Gate()
            town.proxy.inject(.holdAnswer(until: gate), into: .post, "rooms/*/unban", times: 10)
            let command = try await room.moderator.say("!draupnir unban \(user) --no-confirm", in: room.room)
            try await town.proxy.waitForRequests(3, .post, "rooms/*/unban", answered: true)
            try await town.bot.kill()
            gate.open()
            town.proxy.heal()
            try await town.bot.start()
            try await room.reaction("✅", on: command)
            let rooms = town.rooms
            try await room.feed.rooms("the unban") { $0.membership(of: user, is: .leave, in: rooms) }
            let unbans = await room.feed.events.count { $0.memberChange?.0 == user && $0.memberChange?.1 == .leave }
            #expect(unbans == 6)
        }
    }

    @Test func `the management room that was being made is found by the next start`() async throws {
        try await withProtectedCommunity(.init(rooms: 1)) { town in
            try await town.ban(town.members)
            let gate = Gate()
            town.proxy.inject(.holdAnswer(until: gate), into: .post, "createRoom")
            try await town.bot.launch()
            try await town.proxy.waitForRequests(1, .post, "createRoom", answered: true)
            try await town.bot.kill()
            gate.open()
            let room = try await town.start()
            try await room.bans(of: town.members, in: town.rooms)
            #expect(town.proxy.count(.post, "createRoom") == 1)
        }
    }
}

extension ManagementRoom {
    fileprivate func reaction(_ key: String, on command: EventID) async throws {
        let bot = bot
        _ = try await feed.event("\(key) on a command", in: room, within: .seconds(180)) { event in
            event.sender == bot && event.reaction?.target == command && event.reaction?.key == key
        }
    }
}
