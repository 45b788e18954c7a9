import BotHarness
import JSON
import MatrixCore
import Moderation
import Protections
import SimulatedHomeserver
import TestSupport
import Testing

/// The bot as the program runs it, at a homeserver that does as real ones do.
@Suite(.timeLimit(.minutes(1)), .stepped) struct WholeBotTests {
    private let eve = Community.eve

    @Test func `it joins its management room, enforces what the list says, and tells what it did`() async throws {
        let village = try await Village(members: [eve])
        try await village.ban("@eve:evil.org")
        try await village.startEnforcing()
        try await village.wait("eve is banned") { await village.isBanned(eve) }
        try await village.wait("it is told") {
            await village.said().contains { $0.contains("banned @eve:evil.org in 3 rooms") }
        }
        #expect(await village.homeserver.membership(of: village.bot, in: village.management) == .join)
        #expect(await village.said().contains { $0.contains("I protect 4 rooms by 1 rule of 1 policy list") })
        await village.expectEveryBanOnce()
        try await village.expectJournalExplainsEverything()
        try await village.stop()
    }

    @Test func `a rule that is written while it runs bans at once`() async throws {
        let village = try await Village(rooms: 30, members: [eve])
        try await village.startEnforcing()
        let start = village.time.now().monotonic
        try await village.ban("@eve:evil.org")
        try await village.wait("eve is banned") { await village.isBanned(eve) }
        #expect(village.time.now().monotonic - start < .seconds(2))
        try await village.ban("evil.org")
        try await village.wait("ACLs are set") {
            for room in village.rooms {
                guard let acl = await village.homeserver.stateContent(StateKey(.serverACL), in: room),
                    acl["deny"]?.elements == ["evil.org"]
                else { return false }
            }
            return true
        }
        await village.expectEveryBanOnce()
        try await village.stop()
    }

    @Test func `a second start asks for no state, and goes on where it was`() async throws {
        let village = try await Village(members: [eve])
        try await village.startEnforcing()
        try await village.stop()
        await village.homeserver.clearLog()
        try await village.ban("@eve:evil.org")
        try await village.startEnforcing()
        try await village.wait("eve is banned") { await village.isBanned(eve) }
        let states = await village.calls { if case .state = $0 { true } else { false } }
        #expect(states == 0)
        try await village.stop()
    }

    // MARK: Faults

    @Test(arguments: [
        Fault.unreachable, .lostRequest, .lostAnswer, .serverTrouble(status: 502), .unexplained,
        .serverTroubleAfterEffect(status: 504), .limited(retryAfter: .seconds(2)),
        .lateEffect(after: .milliseconds(200)),
        .delay(.seconds(3)),
    ])
    func `every ban is made once, whatever happens to requests`(_ fault: Fault) async throws {
        let village = try await Village(rooms: 12, members: [eve])
        try await village.startEnforcing()
        await village.homeserver.setFaults { request in
            guard case .action(let action, _) = request.call, action.verb == "ban" else { return nil }
            return request.number % 3 == 0 ? nil : fault
        }
        try await village.ban("@eve:evil.org")
        try await village.wait("eve is banned") { await village.isBanned(eve) }
        try await village.wait("the wave is told") { await village.said().contains { $0.contains("in 12 rooms") } }
        await village.expectEveryBanOnce()
        try await village.stop()
    }

    @Test(arguments: [
        Fault.unreachable, .lostAnswer, .serverTrouble(status: 502), .truncatedBody(keeping: 150),
        .truncatedBody(keeping: 0), .limited(retryAfter: .seconds(2)),
    ])
    func `what sync could not bring comes with the next try`(_ fault: Fault) async throws {
        let village = try await Village(members: [])
        try await village.startEnforcing()
        try await village.ban("@eve:evil.org")
        try await village.pass(.seconds(2))
        await village.homeserver.setFaults { request in
            guard case .sync = request.call else { return nil }
            return request.number % 4 == 0 ? nil : fault
        }
        for room in village.rooms { try await village.homeserver.join([eve], to: room) }
        try await village.wait("eve is banned") { await village.isBanned(eve) }
        try await village.command("status")
        try await village.wait("it answers") { await village.said().contains { $0.contains("Version") } }
        try await village.pass(.seconds(30))
        #expect(await village.said().count { $0.contains("Version") } == 1)
        try await village.stop()
    }

    @Test func `within a rate limit nothing is lost, and little is refused`() async throws {
        let village = try await Village(rooms: 40, members: [eve]) { $0.rateLimit = RateLimit(perSecond: 2, burst: 5) }
        try await village.startEnforcing()
        try await village.pass(.seconds(30))
        let start = village.time.now().monotonic
        try await village.ban("@eve:evil.org")
        try await village.wait("eve is banned") { await village.isBanned(eve) }
        // 40 at 2 a second, a burst of 5 before them: 17.5 s at the best.
        #expect(village.time.now().monotonic - start < .seconds(24))
        let refused = await village.homeserver.log.count { entry in
            if case .limited = entry.error { true } else { false }
        }
        // Those that were under way together when the limit was met, and some that tried it again.
        #expect(refused < 16)
        try await village.stop()
    }

    @Test func `a homeserver that is not there yet is waited for`() async throws {
        let village = try await Village()
        await village.homeserver.setFaults { $0.at.monotonic < .seconds(20) ? .unreachable : nil }
        try await village.startEnforcing()
        #expect(village.time.now().monotonic >= .seconds(20))
        try await village.stop()
    }

    @Test func `a token that is not accepted ends it`() async throws {
        let village = try await Village()
        await village.homeserver.setToken(of: village.bot, valid: false)
        village.start()
        await #expect(throws: StartFailure.tokenRejected("Invalid access token passed.")) { try await village.end() }
    }

    // MARK: Crashes

    @Test(arguments: 0..<60)
    func `a crash at any moment loses nothing and does nothing twice`(_ count: Int) async throws {
        let village = try await Village(members: [eve])
        try await village.ban("@eve:evil.org")
        try await village.ban("bad.org")
        village.start()
        await village.step(count * 17)
        await village.crash()
        try await village.startEnforcing()
        try await village.wait("eve is banned") { await village.isBanned(eve) }
        try await village.wait("ACLs are set") {
            await village.homeserver.stateContent(StateKey(.serverACL), in: village.rooms[0]) != nil
        }
        try await village.pass(.seconds(5))
        await village.expectEveryBanOnce()
        try await village.expectJournalExplainsEverything()
        #expect(try await village.store.load().openRows == [])
        try await village.stop()
    }

    @Test(arguments: 0..<12)
    func `a command with several steps survives a crash between any two`(_ count: Int) async throws {
        let village = try await Village()
        let fresh = try await village.homeserver.makeRoom(by: village.mod)
        await village.homeserver.setAlias("#fresh:a.org", to: fresh)
        try await village.startEnforcing()
        await village.homeserver.clearLog()
        try await village.command("rooms add #fresh:a.org")
        await village.step(count * 17)
        await village.crash()
        try await village.startEnforcing()
        try await village.wait("it is answered") { await village.said().contains { $0.contains("is protected now") } }
        #expect(await village.homeserver.membership(of: village.bot, in: fresh) == .join)
        let data = await village.homeserver.accountData(AccountDataType.protectedRooms, of: village.bot)
        #expect(data?["rooms"]?.elements.contains(.string(fresh.rawValue)) == true)
        try await village.pass(.seconds(5))
        #expect(await village.said().count { $0.contains("is protected now") } == 1)
        try await village.stop()
    }

    @Test(arguments: 0..<8)
    func `one management room is made, though it crashes on the way`(_ count: Int) async throws {
        let village = try await Village()
        village.settings.managementRoom = .madeFor(village.mod)
        let before = await village.homeserver.rooms.count
        village.start()
        await village.step(count * 17)
        await village.crash()
        try await village.startEnforcing()
        #expect(await village.homeserver.rooms.count == before + 1)
        try await village.stop()
    }

    @Test(arguments: [MemoryStore.Failure.beforeWriting, .afterWriting])
    func `a database that fails for a while holds everything up and loses nothing`(
        _ failure: MemoryStore.Failure
    )
        async throws
    {
        let village = try await Village(members: [eve])
        try await village.startEnforcing()
        await village.store.failNextCommits(4, failure)
        try await village.ban("@eve:evil.org")
        try await village.wait("eve is banned") { await village.isBanned(eve) }
        await village.expectEveryBanOnce()
        try await village.expectJournalExplainsEverything()
        try await village.stop()
    }

    @Test func `while the database fails nothing is sent, and in the end it gives up`() async throws {
        let village = try await Village(rooms: 40, members: [eve]) { $0.rateLimit = RateLimit(perSecond: 1, burst: 5) }
        try await village.startEnforcing()
        try await village.ban("@eve:evil.org")
        try await village.wait("the wave is under way") { await village.effects { $0.verb == "ban" }.count > 2 }
        await village.store.failNextCommits(1_000)
        try await village.pass(.seconds(3))
        let sent = await village.homeserver.log.count { $0.request.call.isAction }
        await #expect(throws: StoreUnavailable.self) { try await village.end() }
        // One that was under way may still have come, and the notice about it.
        #expect(await village.homeserver.log.count { $0.request.call.isAction } <= sent + 2)
        await village.crash()
        try await village.startEnforcing()
        try await village.wait("eve is banned") { await village.isBanned(eve) }
        await village.expectEveryBanOnce()
        try await village.stop()
    }

    // MARK: More

    @Test func `a dry run sends no change, and the next start without it enforces`() async throws {
        let village = try await Village(members: [eve])
        village.settings.isDryRun = true
        try await village.homeserver.join([village.bot], to: village.management)
        try await village.ban("@eve:evil.org")
        try await village.startEnforcing()
        try await village.command("kick @alice:b.org")
        try await village.pass(.seconds(10))
        #expect(await village.effects { $0.changesSomething } == [])
        try await village.stop()
        village.settings.isDryRun = false
        try await village.startEnforcing()
        try await village.wait("eve is banned") { await village.isBanned(eve) }
        try await village.stop()
    }

    @Test func `a room that removes the bot and takes it back is enforced again`() async throws {
        let village = try await Village(members: [])
        let room = village.rooms[0]
        try await village.ban("@eve:evil.org")
        try await village.startEnforcing()
        try await village.homeserver.setMembership(.leave, of: village.bot, by: village.mod, in: room)
        try await village.wait("it is told") { await village.said().contains { $0.contains("removed me") } }
        try await village.homeserver.join([eve], to: room)
        try await village.homeserver.setMembership(.invite, of: village.bot, by: village.mod, in: room)
        try await village.wait("eve is banned") { await village.isBanned(eve, in: [room]) }
        try await village.stop()
    }

    @Test(arguments: [SimulationSettings.StateAfter.unknown, .unstable, .stable])
    func `a limited timeline loses nobody`(_ stateAfter: SimulationSettings.StateAfter) async throws {
        let village = try await Village(members: []) {
            $0.timelineLimit = 5
            $0.stateAfter = stateAfter
        }
        let room = village.rooms[0]
        try await village.ban("@eve:evil.org")
        try await village.startEnforcing()
        try await village.homeserver.join([eve], to: room)
        for number in 0..<30 { try await village.homeserver.say("\(number)", by: village.mod, in: room) }
        try await village.wait("eve is banned") { await village.isBanned(eve, in: [room]) }
        try await village.stop()
    }

    @Test func `a pause holds bans back, and resume lets them go`() async throws {
        let village = try await Village(members: [eve])
        try await village.startEnforcing()
        try await village.command("pause")
        try await village.wait("it is paused") { await village.said().contains { $0.contains("Paused") } }
        try await village.ban("@eve:evil.org")
        try await village.pass(.seconds(20))
        #expect(await village.effects { $0.verb == "ban" } == [])
        try await village.command("resume")
        try await village.wait("eve is banned") { await village.isBanned(eve) }
        try await village.stop()
    }
}

extension Call {
    fileprivate var isAction: Bool { if case .action = self { true } else { false } }
}
