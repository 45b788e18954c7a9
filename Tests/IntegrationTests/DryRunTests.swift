import JSON
import MatrixCore
import Testing

/// `noop`: everything is decided, and nothing is done.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct DryRunTests {
    @Test func `a dry run changes nothing, and the next start without it does what is due`() async throws {
        try await withProtectedCommunity(.init(rooms: 2, members: 2)) { town in
            let closed = try await town.moderator.createRoom(NewRoom(isPublic: false, invited: [town.account.userID]))
            try await town.account.join(closed)
            await town.bot.configure("initialManager", nil)
            await town.bot.configure("managementRoom", .string(closed.rawValue))
            await town.bot.configure("noop", true)
            let feed = try await town.moderator.follow()
            let room = ManagementRoom(moderator: town.moderator, bot: town.account.userID, room: closed, feed: feed)

            try await town.ban([town.members[0]])
            try await town.rule(.server, "evil.example")
            try await town.bot.start()
            _ = try await room.message {
                $0.contains("dry run") && $0.contains("1 user who is present would be banned in 2 rooms")
            }
            try await town.ban([town.members[1]])
            _ = try await room.message { $0.contains("Dry run. 1 user who is present would be banned in 2 rooms.") }
            #expect(try await room.command("rules").text.contains("3 rules"))

            let another = try await town.moderator.createRoom()
            for text in [
                "ban @somebody:elsewhere.example coc spam", "unban \(town.members[0].userID) --no-confirm",
                "kick \(town.members[1].userID)", "rooms add \(another)", "rooms remove \(town.rooms[0])",
                "watch \(another) --no-confirm", "unwatch coc", "list create other other-\(uniqueSuffix())",
            ] {
                let answer = try await room.command(text)
                #expect(answer.text.contains("dry run"), "\(text): \(answer.text)")
            }
            #expect(try await room.command("status").text.contains("Dry run"))

            // Nothing but messages and reactions. The daily look around asks for devices by a POST that changes nothing.
            let writes = town.proxy.exchanges.filter { $0.method != "GET" && !$0.matches(.post, "keys/query") }
            for write in writes {
                #expect(write.matches(.put, "send/m.room.message/*") || write.matches(.put, "send/m.reaction/*"))
            }
            #expect(await room.banCounts.isEmpty)

            try await town.bot.stop()
            await town.bot.configure("noop", nil)
            try await town.bot.start()
            try await room.bans(of: town.members, in: town.rooms)
            #expect(try await room.command("rooms remove \(town.rooms[0])").isDone)
        }
    }
}
