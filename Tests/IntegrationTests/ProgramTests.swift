import JSON
import MatrixCore
import Testing

/// The program as a service manager and an operator see it.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct ProgramTests {
    @Test func `a revoked token ends it, at the start and while it runs`() async throws {
        try await withProtectedCommunity(.init(rooms: 0, members: 0)) { town in
            _ = try await town.start()
            try await town.account.call(.post, .client("logout"))
            #expect(try await town.bot.end() == .exited(code: 77))
            try await town.bot.launch()
            #expect(try await town.bot.end() == .exited(code: 77))
            let log = await town.bot.log
            #expect(log.contains("does not accept the access token"))
            #expect(!log.contains(town.account.accessToken))
        }
    }

    @Test func `a second one on the same data path gives way`() async throws {
        try await withProtectedCommunity(.init(rooms: 1)) { town in
            let room = try await town.start()
            let second = try BotProcess(town.account, manager: town.moderator.userID)
            await second.configure("dataPath", .string(town.bot.folder + "/data"))
            try await second.launch()
            #expect(try await second.end() == .exited(code: 75))
            try await town.ban(town.members)
            try await room.bans(of: town.members, in: town.rooms)
        }
    }

    @Test func `a data path of another account is refused`() async throws {
        try await withProtectedCommunity(.init(rooms: 0, members: 0)) { town in
            _ = try await town.start()
            try await town.bot.stop()
            let other = try BotProcess(town.moderator, manager: town.moderator.userID)
            await other.configure("dataPath", .string(town.bot.folder + "/data"))
            try await other.launch()
            #expect(try await other.end() == .exited(code: 78))
            #expect(await other.log.contains(town.account.userID.rawValue))
        }
    }

    @Test func `a broken configuration is told with file, line and key`() async throws {
        let account = try await Synapse.shared().register("bot")
        let bot = try BotProcess(account, manager: account.userID)
        await bot.configure("initialManager", 5)
        await bot.configure("noop", "perhaps")
        try await bot.launch()
        #expect(try await bot.end() == .exited(code: 78))
        let log = await bot.log
        #expect(log.contains("2 problems") && log.contains("initialManager") && log.contains("noop"))
        #expect(log.contains("config.yaml:1:"))
    }

    @Test func `a management room that it may not enter is told with the remedy`() async throws {
        let synapse = try await Synapse.shared()
        let (account, other) = (try await synapse.register("bot"), try await synapse.register("other"))
        let closed = try await other.createRoom(NewRoom(isPublic: false))
        let bot = try BotProcess(account, manager: other.userID)
        await bot.configure("initialManager", nil)
        await bot.configure("managementRoom", .string(closed.rawValue))
        try await bot.launch()
        #expect(try await bot.end() == .exited(code: 79))
        #expect(await bot.log.contains("Invite \(account.userID)"))
    }

    @Test func `a request to end lets the work in hand land, and the rest waits for the next start`() async throws {
        try await withProtectedCommunity(.init(rooms: 8, members: 4)) { town in
            let room = try await town.start()
            town.proxy.inject(.delayAnswer(.milliseconds(200)), into: .post, "rooms/*/ban", times: 1_000)
            try await town.ban(town.members)
            try await town.proxy.waitForRequests(5, .post, "rooms/*/ban", answered: true)
            #expect(try await town.bot.stop() == .exited(code: 0))
            let requests = town.proxy.requests(.post, "rooms/*/ban")
            #expect(requests.count < 32)
            #expect(requests.allSatisfy { $0.status == 200 })
            town.proxy.heal()
            try await town.bot.start()
            try await room.bans(of: town.members, in: town.rooms)
            #expect(town.proxy.count(.post, "rooms/*/ban") == 32)
        }
    }

    @Test func `a management room that is encrypted or open to anybody is called so`() async throws {
        try await withProtectedCommunity(.init(rooms: 0, members: 0)) { town in
            let room = try await town.start()
            try await town.moderator.setState(.joinRules, ["join_rule": "public"], in: room.room)
            _ = try await room.message { $0.contains("⚠️ Anyone may join this room") }
            try await town.moderator.setState(.encryption, ["algorithm": "m.megolm.v1.aes-sha2"], in: room.room)
            _ = try await room.message { $0.contains("⚠️ This room is encrypted") }
            let mark = await room.feed.mark
            try await town.bot.stop()
            try await town.bot.start()
            for words in ["Anyone may join", "is encrypted"] {
                _ = try await room.message(since: mark) { $0.contains(words) }
            }
        }
    }

    @Test func `waits for a homeserver that is not there yet`() async throws {
        try await withProtectedCommunity(.init(rooms: 1)) { town in
            try await town.ban(town.members)
            town.proxy.inject(.loseRequest, into: .get, "account/whoami", times: 2)
            town.proxy.inject(.refuse(status: 502), into: .get, "account/whoami")
            town.proxy.inject(.refuse(status: 503), into: .get, "sync")
            let room = try await town.start()
            try await room.bans(of: town.members, in: town.rooms)
            // And for one that goes away for a while.
            town.proxy.inject(.refuse(status: 502), into: .get, "sync", times: 2)
            town.proxy.closeConnections()
            #expect(try await room.command("status").isDone)
        }
    }
}
