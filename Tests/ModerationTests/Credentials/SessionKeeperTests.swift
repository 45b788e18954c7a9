import BotHarness
import Moderation
import Observability
import SimulatedHomeserver
import Synchronization
import Testing

/// What takes the place of a token that has ended.
@Suite struct SessionKeeperTests {
    private let first: Credential
    private let second: Credential
    private let time = VirtualTime()
    private let origin = SessionOrigin(of: Secret("configured"))

    init() throws {
        first = try .sample("first")
        second = try .sample("second")
    }

    private func keeper(_ credential: Credential?, _ issuer: ScriptedIssuer, _ store: SessionMemory) -> SessionKeeper {
        SessionKeeper(credential, from: origin, username: "bot", issuer: issuer, store: store, time: time)
    }

    @Test func `a dead token is renewed, and the new pair is on the disk before it is used`() async throws {
        let issuer = ScriptedIssuer(renewals: [.success(second)])
        let store = SessionMemory()
        let keeper = keeper(first, issuer, store)
        #expect(try await keeper.token() == first.token)
        #expect(try await keeper.replacement(of: first.token) == second.token)
        #expect(store.load() == SavedSession(origin: origin, credential: second))
        #expect(keeper.credential == second)
        #expect(issuer.asked == ["refresh refresh-first"])
    }

    @Test func `whoever comes with an older token gets the present one`() async throws {
        let issuer = ScriptedIssuer(renewals: [.success(second)])
        let keeper = keeper(first, issuer, SessionMemory())
        _ = try await keeper.replacement(of: first.token)
        #expect(try await keeper.replacement(of: first.token) == second.token)
        #expect(issuer.asked.count == 1)
    }

    @Test func `a hundred requests that are refused at once bring one renewal`() async throws {
        let gate = AsyncStream<Void>.makeStream()
        let issuer = ScriptedIssuer(renewals: [.success(second)]) { for await _ in gate.stream { break } }
        let keeper = keeper(first, issuer, SessionMemory())
        let tokens = try await withThrowingTaskGroup(of: Secret.self) { group in
            for _ in 0..<100 { group.addTask { try await keeper.replacement(of: first.token) } }
            while issuer.asked.isEmpty { await Task.yield() }
            gate.continuation.finish()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(tokens.allSatisfy { $0 == second.token })
        #expect(issuer.asked.count == 1)
    }

    @Test func `while the token works no other is asked for that could not be kept`() async throws {
        let issuer = ScriptedIssuer(renewals: [.success(second)])
        let store = SessionMemory()
        store.problem = "the disk is full"
        let keeper = keeper(first, issuer, store)
        let failure = TokenFailure.unavailable("a new one could not be kept: the disk is full")
        await #expect(throws: failure) { try await keeper.renew() }
        #expect(issuer.asked == [])
        #expect(keeper.credential == first)
        store.problem = nil
        try await keeper.renew()
        #expect(keeper.credential == second)
    }

    @Test func `a dead token is replaced though the disk refuses, and the new one is kept later`() async throws {
        let store = SessionMemory()
        store.problem = "the disk is full"
        let keeper = keeper(first, ScriptedIssuer(renewals: [.success(second)]), store)
        #expect(try await keeper.replacement(of: first.token) == second.token)
        #expect(keeper.problem == SessionProblem("the disk is full"))
        store.problem = nil
        await keeper.keepAgain()
        #expect(store.load()?.credential == second)
    }

    @Test func `a session that was begun with another token since the start is not overwritten`() async throws {
        let other = SavedSession(
            origin: SessionOrigin(of: Secret("newly configured")),
            credential: try .sample("third")
        )
        let store = SessionMemory()
        let issuer = ScriptedIssuer(renewals: [.success(second), .success(second)])
        let keeper = keeper(first, issuer, store)
        try store.save(other)
        let failure = TokenFailure.unavailable(
            "a new one could not be kept: another token was configured since I started: restart me"
        )
        await #expect(throws: failure) { try await keeper.renew() }
        #expect(issuer.asked == [])
        time.advance(by: .seconds(2))
        #expect(try await keeper.replacement(of: first.token) == second.token, "a dead token is replaced all the same")
        #expect(store.load() == other)
    }

    @Test func `a session that went back to an earlier token is replaced`() async throws {
        let old = SavedSession(origin: SessionOrigin(of: Secret("configured before")), credential: try .sample("old"))
        let store = SessionMemory(old)
        let keeper = keeper(first, ScriptedIssuer(renewals: [.success(second)]), store)
        try await keeper.renew()
        #expect(store.load()?.credential == second)
    }

    @Test func `a login that was necessary is told once`() async throws {
        let issuer = ScriptedIssuer(renewals: [.failure(.refused("revoked"))], logins: [.success(second)])
        let keeper = keeper(first, issuer, SessionMemory(password: Secret("pw")))
        #expect(keeper.takeNewLogin() == nil)
        _ = try await keeper.replacement(of: first.token)
        #expect(keeper.takeNewLogin() == "renewing it was refused: revoked")
        #expect(keeper.takeNewLogin() == nil)
    }

    @Test func `nobody is logged in while it is only that nobody answers`() async throws {
        let issuer = ScriptedIssuer(renewals: [.failure(.unavailable("down"))], logins: [.success(second)])
        let keeper = keeper(first, issuer, SessionMemory(password: Secret("pw")))
        await #expect(throws: TokenFailure.unavailable("down")) { try await keeper.replacement(of: first.token) }
        #expect(issuer.asked == ["refresh refresh-first"])
    }

    @Test func `after a failure requests wait longer and longer, and what is due is tried all the same`() async throws {
        let issuer = ScriptedIssuer(renewals: [.failure(.unavailable("down"))])
        let keeper = keeper(first, issuer, SessionMemory())
        for _ in 0..<500 {
            for _ in 0..<3 { _ = try? await keeper.replacement(of: first.token) }
            time.advance(by: .milliseconds(100))
        }
        #expect(issuer.asked.count == 6, "at 0, 1, 3, 7, 15 and 31 s")
        _ = try? await keeper.renew()
        #expect(issuer.asked.count == 7)
    }

    @Test func `what was refused is not sent again`() async throws {
        let issuer = ScriptedIssuer(
            renewals: [.failure(.refused("revoked"))],
            logins: [.failure(.refused("wrong password"))]
        )
        let store = SessionMemory(password: Secret("pw"))
        let keeper = keeper(first, issuer, store)
        for _ in 0..<3 { _ = try? await keeper.renew() }
        #expect(issuer.asked == ["refresh refresh-first", "log in bot pw DEVICE"])
        store.put(password: Secret("other"))
        _ = try? await keeper.renew()
        #expect(issuer.asked.last == "log in bot other DEVICE")
    }

    @Test func `a login that cannot be kept is used, and kept later`() async throws {
        let issuer = ScriptedIssuer(renewals: [.failure(.refused("revoked"))], logins: [.success(second)])
        let store = SessionMemory(SavedSession(origin: origin, credential: first), password: Secret("pw"))
        store.problem = "the disk is full"
        let keeper = keeper(first, issuer, store)
        #expect(try await keeper.replacement(of: first.token) == second.token)
        #expect(keeper.problem == SessionProblem("the disk is full"))
        store.problem = nil
        await keeper.keepAgain()
        #expect(keeper.problem == nil)
        #expect(store.load()?.credential == second)
    }

    @Test func `a login that leads to somebody else is not used`() async throws {
        var stranger = second
        stranger.user = Community.alice
        let issuer = ScriptedIssuer(renewals: [.failure(.refused("revoked"))], logins: [.success(stranger)])
        let keeper = keeper(first, issuer, SessionMemory(password: Secret("pw")))
        await #expect(throws: TokenFailure.self) { try await keeper.replacement(of: first.token) }
        #expect(keeper.credential == first)
    }

    @Test func `a refused renewal is followed by a login of the same device, where a password is at hand`() async throws
    {
        let issuer = ScriptedIssuer(renewals: [.failure(.refused("revoked"))], logins: [.success(second)])
        let keeper = keeper(first, issuer, SessionMemory(password: Secret("pw")))
        #expect(try await keeper.replacement(of: first.token) == second.token)
        #expect(issuer.asked == ["refresh refresh-first", "log in bot pw DEVICE"])
    }

    @Test func `the account of a token is known with it`() async throws {
        let issuer = ScriptedIssuer(renewals: [.failure(.refused("revoked"))], logins: [.success(second)])
        let store = SessionMemory(password: Secret("pw"))
        let keeper = SessionKeeper(first, from: origin, issuer: issuer, store: store, time: time)
        _ = try await keeper.replacement(of: first.token)
        #expect(issuer.asked.last == "log in @bot:a.org pw DEVICE")
    }

    @Test func `all that was refused is told`() async throws {
        let issuer = ScriptedIssuer(
            renewals: [.failure(.refused("revoked"))],
            logins: [.failure(.refused("wrong password"))]
        )
        let keeper = keeper(first, issuer, SessionMemory(password: Secret("pw")))
        let told = TokenFailure.refused(
            "renewing it was refused: revoked; logging in as bot was refused: wrong password"
        )
        await #expect(throws: told) { try await keeper.replacement(of: first.token) }
    }

    @Test func `a token without anything else is simply dead`() async throws {
        let keeper = keeper(Credential(token: Secret("only")), ScriptedIssuer(), SessionMemory())
        #expect(try await keeper.token() == Secret("only"))
        await #expect(throws: TokenFailure.refused("")) { try await keeper.replacement(of: Secret("only")) }
    }

    @Test func `what setup has renewed beside the running bot is taken`() async throws {
        let issuer = ScriptedIssuer(renewals: [.failure(.refused("used already"))])
        // As `SetupRun.saveRenewed` writes it.
        let store = SessionMemory(SavedSession(origin: origin, credential: second))
        let keeper = keeper(first, issuer, store)
        #expect(try await keeper.replacement(of: first.token) == second.token)
        #expect(issuer.asked == [], "the refresh token is the old one")
        let stranger = SavedSession(origin: SessionOrigin(of: Secret("another")), credential: second)
        let other = self.keeper(first, issuer, SessionMemory(stranger))
        await #expect(throws: TokenFailure.self) { try await other.replacement(of: first.token) }
    }

    @Test func `without a credential the first request logs in`() async throws {
        let issuer = ScriptedIssuer(logins: [.success(second)])
        let keeper = keeper(nil, issuer, SessionMemory(password: Secret("pw")))
        #expect(try await keeper.token() == second.token)
        #expect(try await keeper.token() == second.token)
        #expect(issuer.asked == ["log in bot pw "])
    }
}
