import JSON
import MatrixCore
import Testing

/// More happens than one sync tells: while the bot is away, or while it is slow.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct GapTests {
    /// On servers that tell the state behind the timeline, and on those that tell the one before it.
    @Test(arguments: [false, true])
    func `what is left out of a long timeline is known all the same`(knowsStateAfter: Bool) async throws {
        let options = SynapseOptions(knowsStateAfter: knowsStateAfter)
        try await withProtectedCommunity(.init(rooms: 1, members: 3), on: options) { town in
            let room = try await town.start()
            try await town.rule(.user, town.members[2].userID.rawValue, key: "rule")
            try await room.bans(of: [town.members[2]], in: town.rooms)
            try await town.bot.stop()

            // Rules, members and a command, all of them behind more chatter than an answer of sync holds.
            let spammer = try await town.account.homeserver.register("spammer")
            let late = try await town.account.homeserver.register("late")
            try await spammer.join(town.rooms[0])
            try await town.ban([town.members[0], spammer])
            try await town.rule(.user, town.members[1].userID.rawValue, key: "undone")
            try await town.policy(.user, key: "undone", [:])
            try await town.rule(.user, late.userID.rawValue, key: "rule")
            let command = try await town.moderator.say("!draupnir status", in: room.room)
            for place in [town.rooms[0], town.list, room.room] {
                try await concurrently(1...110) { try await town.moderator.say("chatter \($0)", in: place) }
            }
            try await town.bot.start()
            try await room.bans(of: [town.members[0], spammer], in: town.rooms)
            _ = try await room.feed.event("an answer", in: room.room) { $0.answered == command }

            try await late.join(town.rooms[0])
            try await room.bans(of: [late], in: town.rooms)
            try await town.moderator.unban(town.members[2].userID, in: town.rooms[0])
            try await town.members[2].join(town.rooms[0])
            #expect(try await room.command("rules").text.contains("3 rules"))
            for user in [town.members[1], town.members[2]] {
                #expect(try await town.moderator.membership(of: user.userID, in: town.rooms[0]) == .join)
            }
            #expect(town.proxy.count(.get, "rooms/*/state") == 3)
        }
    }

    @Test func `answers of sync that break off lose nothing`() async throws {
        try await withProtectedCommunity(.init(rooms: 2, members: 3)) { town in
            let room = try await town.start()
            for length in [60, 400, 1_500, 2_500] {
                town.proxy.inject(.loseAnswer(after: length), into: .get, "sync")
            }
            town.proxy.inject(.refuse(status: 500), into: .get, "sync")
            town.proxy.closeConnections()
            try await town.ban(town.members)
            try await room.bans(of: town.members, in: town.rooms)
            #expect(await room.banCounts.values.allSatisfy { $0 == 1 })
        }
    }

    /// More than a page of rules, and of text about them.
    @Test func `a long list is enforced and shown`() async throws {
        try await withProtectedCommunity(.init(rooms: 1, members: 2)) { town in
            var list = NewRoom(name: "Long")
            list.initialState = (1...400).map { number in
                let entity = number == 399 ? town.members[0].userID.rawValue : "@spammer-\(number):elsewhere.example"
                return (
                    EventType(rawValue: "m.policy.rule.user"), "rule:\(number)",
                    ["entity": .string(entity), "recommendation": "m.ban", "reason": "a reason of some length"]
                )
            }
            let long = try await town.moderator.createRoom(list)
            let room = try await town.start()
            #expect(try await room.preview("watch \(long)").text.contains("has 400 rules"))
            #expect(try await room.command("watch \(long) --no-confirm").isDone)
            try await room.bans(of: [town.members[0]], in: town.rooms)
            #expect(try await room.command("rules").text.contains("400 rules"))
            _ = try await room.message { $0.contains("@spammer-400:elsewhere.example") }
        }
    }
}
