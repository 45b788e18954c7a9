import JSON
import MatrixCore
import Moderation
import Protections
import SimulatedHomeserver
import Testing

@Suite(.timeLimit(.minutes(1))) struct FaultTests {
    @Test(
        arguments: [
            (.unreachable, .unreachable("simulated"), false),
            (.limited(retryAfter: .seconds(3)), .limited(retryAfter: .seconds(3)), false),
            (
                .refused(status: 403, code: "M_X"), .refused(status: 403, code: "M_X", message: "simulated"), false
            ),
            (.serverTrouble(status: 500), .serverTrouble(status: 500, message: "simulated"), false),
            (.unexplained, .unexplained(status: 500, message: ""), false),
            (.lostRequest, .unknownOutcome("simulated"), false),
            (.lostAnswer, .unknownOutcome("simulated"), true),
            (.serverTroubleAfterEffect(status: 504), .serverTrouble(status: 504, message: "simulated"), true),
            (.truncatedBody(keeping: 3), .badAnswer("simulated: cut short"), true),
        ] as [(Fault, HomeserverError, Bool)]
    )
    func `a fault is told, and the effect is there or not`(
        _ fault: Fault,
        error: HomeserverError,
        tookEffect: Bool
    ) async throws {
        let town = try await Town()
        await town.homeserver.setFaults { _ in fault }
        #expect(await failure { try await town.bot.perform(town.ban(), transaction: "t") } == error)
        #expect(await town.homeserver.membership(of: town.alice, in: town.room) == (tookEffect ? .ban : .join))
        let entry = try #require(await town.homeserver.log.last)
        #expect(entry.error == error)
        #expect(entry.tookEffect == tookEffect)
        #expect(entry.isAnswered)
    }

    @Test func `a fault hits the request it is meant for`() async throws {
        let town = try await Town()
        await town.homeserver.setFaults { request in
            guard case .action(.ban, _) = request.call, request.number == 2 else { return nil }
            return .unreachable
        }
        #expect(await failure { try await town.bot.perform(town.ban(), transaction: "t") } == nil)
        #expect(await failure { try await town.bot.perform(town.ban(), transaction: "t") } == .unreachable("simulated"))
        #expect(await failure { try await town.bot.joinedRooms() } == nil)
    }

    @Test func `a late effect comes true when its time has come, and wakes who waits`() async throws {
        let town = try await Town()
        await town.homeserver.setFaults { request in
            if case .action = request.call { .lateEffect(after: .seconds(70)) } else { nil }
        }
        let since = try await town.position()
        let error = await failure { try await town.bot.perform(town.ban(), transaction: "t") }
        #expect(error == .unknownOutcome("simulated"))
        town.time.advance(by: .seconds(69))
        #expect(await town.homeserver.membership(of: town.alice, in: town.room) == .join)
        #expect(await town.homeserver.log.map(\.tookEffect) == [false, false])
        async let waiting = town.sync(since, waiting: .seconds(30))
        await town.time.whenSleeping()
        town.time.advance(by: .seconds(1))
        let part = try await waiting["rooms"]?["join"]?[town.room.rawValue]
        #expect(part?["timeline"]?["events"]?.elements.first?["state_key"] == .string(town.alice.rawValue))
        #expect(await town.homeserver.log.map(\.tookEffect) == [false, true, false])
    }

    @Test func `a delayed request is done after its delay, and not at all when it is cancelled`() async throws {
        let town = try await Town()
        await town.homeserver.setFaults { _ in .delay(.seconds(5)) }
        async let asking = town.bot.perform(town.ban(), transaction: "t")
        await town.time.whenSleeping()
        #expect(await town.homeserver.membership(of: town.alice, in: town.room) == .join)
        town.time.advance(by: .seconds(5))
        #expect(try await asking == .done)
        #expect(await town.homeserver.membership(of: town.alice, in: town.room) == .ban)

        let giving = Task { await failure { try await town.bot.perform(.leave(town.room), transaction: "u") } }
        await town.time.whenSleeping()
        giving.cancel()
        #expect(await giving.value == .cancelled)
        #expect(await town.homeserver.membership(of: town.bot.user, in: town.room) == .join)
    }

    @Test func `a large body arrives cut`() async throws {
        let town = try await Town()
        let whole = try await bytes(town.bot.state(of: town.room))
        await town.homeserver.setFaults { _ in .truncatedBody(keeping: 40) }
        #expect(try await bytes(town.bot.state(of: town.room)) == Array(whole.prefix(40)))
    }

    @Test func `a token that was revoked is refused until it is valid again`() async throws {
        let town = try await Town()
        await town.homeserver.setToken(of: town.bot.user, valid: false)
        let refusal = HomeserverError.tokenRejected(message: "Invalid access token passed.")
        #expect(await failure { try await town.bot.identity() } == refusal)
        #expect(await failure { try await town.bot.sync(SyncRequest(since: nil, timeout: .zero)) } == refusal)
        await town.homeserver.setToken(of: town.bot.user, valid: true)
        #expect(await failure { try await town.bot.identity() } == nil)
        // Alice is in a room, and has no token.
        let alice = town.homeserver.account(of: town.alice)
        #expect(await failure { try await alice.identity() } == refusal)
    }

    @Test func `the log tells who asked what and when, and what changed nothing`() async throws {
        let town = try await Town()
        _ = try await town.bot.perform(town.ban(), transaction: "t")
        town.time.advance(by: .seconds(2))
        _ = try await town.bot.perform(town.ban(), transaction: "u")
        _ = await failure { try await town.bot.perform(.unban(town.bot.user, in: town.room), transaction: "v") }
        let log = await town.homeserver.log
        #expect(log.map(\.tookEffect) == [true, false, false])
        #expect(log.map(\.request.number) == [1, 2, 3])
        #expect(log.map(\.request.at.monotonic) == [.zero, .seconds(2), .seconds(2)])
        #expect(log[0].request.call == .action(town.ban(), transaction: "t"))
        #expect(log.map { $0.error?.metricLabel } == [nil, nil, "refused"])
        await town.homeserver.clearLog()
        _ = try await town.bot.joinedRooms()
        #expect(await town.homeserver.log.map(\.request.number) == [4])
    }
}

@Suite struct RateLimitTests {
    @Test func `gives a burst, then a rate, to each user`() async throws {
        var settings = SimulationSettings()
        settings.rateLimit = RateLimit(perSecond: 2, burst: 3)
        let town = try await Town(settings)
        func say() async -> HomeserverError? {
            await failure {
                try await town.bot.perform(.sendEvent(.message, content: [:], in: town.room), transaction: "t")
            }
        }
        for _ in 1...3 { #expect(await say() == nil) }
        #expect(await say() == .limited(retryAfter: .milliseconds(500)))
        town.time.advance(by: .milliseconds(200))
        #expect(await say() == .limited(retryAfter: .milliseconds(300)))
        town.time.advance(by: .milliseconds(300))
        #expect(await say() == nil)
        #expect(await say() == .limited(retryAfter: .milliseconds(500)))
        #expect(await failure { try await town.bot.joinedRooms() } == nil)

        let other = await town.homeserver.register(town.alice)
        #expect(await failure { try await other.perform(.leave(town.room), transaction: "x") } == nil)
        town.time.advance(by: .seconds(100))
        for _ in 1...3 { #expect(await say() == nil) }
        #expect(await say() == .limited(retryAfter: .milliseconds(500)))
    }
}
