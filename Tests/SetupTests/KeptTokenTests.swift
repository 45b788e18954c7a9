import Synchronization
import MatrixCore
import Moderation
import Observability
import Setup
import TestSupport
import Testing

/// The token that an earlier run has kept: shared with the bot that runs on it, and given up only where another is meant.
@Suite struct KeptTokenTests {
    private static let unknown = ServerFailure(
        "GET whoami",
        .refused(status: 401, code: "M_UNKNOWN_TOKEN", message: "Token is not active")
    )
    private static let bot = Identity(user: "@draupnir:example.org", device: "DRAUPNIRABCDEFGH")
    private static let path = "/bot/secrets/access-token"
    private static let saved = Credential(
        token: Secret("mat_0"),
        user: "@draupnir:example.org",
        device: "DRAUPNIRABCDEFGH",
        renewal: .oauth(refreshToken: Secret("mar_0"), clientID: "C", tokenEndpoint: "https://auth.example.org/t")
    )

    private static func bench(
        _ identities: [Result<Identity, ServerFailure>],
        _ service: ScriptedService = ScriptedService()
    ) -> SetupBench {
        let bench = SetupBench(ScriptedHomeserver(identities: identities), service)
        bench.files.withLock { $0[path] = Array(saved.fileText.utf8) }
        return bench
    }

    /// The bot's own view of the files that setup works on.
    private struct Storage: SessionStoring {
        let bench: SetupBench
        func load() -> SavedSession? { bench.text("/bot/storage/session").flatMap { SavedSession(fileText: $0) } }
        func save(_ session: SavedSession) throws(SessionProblem) {
            bench.files.withLock { $0["/bot/storage/session"] = Array(session.fileText.utf8) }
        }
        func password() -> Secret? { nil }
    }

    private struct Issuer: TokenIssuing {
        func renewed(_: Credential, by _: Credential.Renewal) async throws(TokenFailure) -> Credential {
            throw .refused("the refresh token was used by setup")
        }
        func logIn(_ login: PasswordLogin) async throws(TokenFailure) -> Credential { throw .refused("") }
    }

    @Test func `what setup renews beside the running bot, the bot goes on with`() async throws {
        let service = ScriptedService(refreshes: [.success(ScriptedService.tokens)])
        let bench = Self.bench([.failure(Self.unknown), .success(Self.bot)], service)
        let keeper = SessionKeeper(
            Self.saved,
            from: SessionOrigin(of: Self.saved.token),
            issuer: Issuer(),
            store: Storage(bench: bench),
            time: StandingTime()
        )
        #expect(await bench.failureOfObtaining() == nil)
        #expect(bench.text(Self.path) == Self.saved.fileText, "the file that the bot was started with stays")
        #expect(try await keeper.replacement(of: Self.saved.token) == Secret("mat_1"))
    }

    @Test func `what the bot has renewed, setup goes on with`() async throws {
        var renewed = Self.saved
        renewed.token = Secret("mat_7")
        let bench = Self.bench([.success(Self.bot)])
        try Storage(bench: bench).save(SavedSession(origin: SessionOrigin(of: Self.saved.token), credential: renewed))
        #expect(await bench.failureOfObtaining() == nil)
        #expect(bench.scripted.tokens.withLock { $0 } == [Secret("mat_7")])
        #expect(bench.service.asked.withLock { $0 } == [])
        // Steps that take longer than it lives renew it.
        bench.service.refreshes.withLock { $0 = [.success(ScriptedService.tokens)] }
        let tokens = try #require(bench.succession.withLock { $0 })
        #expect(await tokens.replacement(of: Secret("mat_7")) == Secret("mat_1"))
    }

    private static func due(_ bench: SetupBench) -> Credential {
        var due = saved
        due.life = TokenLife(issued: bench.wallMilliseconds() - 200_000, end: bench.wallMilliseconds() + 100_000)
        bench.files.withLock { $0[path] = Array(due.fileText.utf8) }
        return due
    }

    @Test func `a token past half of its life is renewed before the steps that need it`() async {
        let service = ScriptedService(refreshes: [.success(ScriptedService.tokens)])
        let bench = Self.bench([.success(Self.bot)], service)
        _ = Self.due(bench)
        #expect(await bench.failureOfObtaining() == nil)
        #expect(bench.session?.token == Secret("mat_1"))
        #expect(bench.scripted.tokens.withLock { $0 } == [Secret("mat_1")])
    }

    @Test func `where it cannot be renewed yet, it is used as long as it is good`() async {
        let service = ScriptedService(refreshes: [.failure(ServerFailure("POST token", .timedOut))])
        let bench = Self.bench([.success(Self.bot)], service)
        _ = Self.due(bench)
        #expect(await bench.failureOfObtaining() == nil)
        #expect(bench.scripted.tokens.withLock { $0 } == [Secret("mat_0")])
        #expect(service.asked.withLock { $0 } == ["refresh"])
    }

    @Test(arguments: [true, false])
    func `the running bot may be quicker to renew, and its pair counts`(_ isBeforeRefresh: Bool) async throws {
        let dead = ServerFailure("POST token", .refused(status: 400, code: "invalid_grant", message: ""))
        let bench = Self.bench([.success(Self.bot)], ScriptedService(refreshes: [.failure(dead)]))
        let due = Self.due(bench)
        var renewed = due
        renewed.token = Secret("mat_7")
        let session = SavedSession(origin: SessionOrigin(of: due.token), credential: renewed)
        let reads = Mutex(0)
        bench.beforeReading.withLock {
            $0 = { [unowned bench] path in
                guard path == "/bot/storage/session" else { return }
                let count = reads.withLock { reads in
                    reads += 1
                    return reads
                }
                guard count > (isBeforeRefresh ? 1 : 2) else { return }
                bench.files.withLock { $0[path] = Array(session.fileText.utf8) }
            }
        }
        #expect(await bench.failureOfObtaining() == nil)
        #expect(bench.scripted.tokens.withLock { $0 } == [Secret("mat_7")])
        #expect(bench.service.asked.withLock { $0 } == (isBeforeRefresh ? [] : ["refresh"]))
    }

    @Test func `a token that is given replaces one that works`() async {
        let bench = Self.bench([.success(Self.bot)])
        #expect(await bench.failureOfObtaining({ $0.typedAccessToken = Secret("mct_new") }) == nil)
        #expect(bench.text(Self.path)?.hasPrefix("mct_new\n") == true)
    }

    @Test func `the same token given again leaves what renews it in place`() async {
        let bench = Self.bench([.success(Self.bot)])
        let failure = await bench.failureOfObtaining { $0.typedAccessToken = Secret("mat_0") }
        #expect(failure?.kind == .refused, "no short-lived ones")
        #expect(bench.text(Self.path) == Self.saved.fileText)
    }

    @Test func `a login means a new token, though the old one works`() async {
        let service = ScriptedService(polls: [.success(.granted(ScriptedService.tokens))])
        let bench = Self.bench([.success(Self.bot)], service)
        let failure = await bench.failureOfObtaining {
            $0.logsInAnew = true
            $0.usesDeviceGrant = true
        }
        #expect(failure == nil)
        #expect(bench.text(Self.path)?.hasPrefix("mat_1\n") == true)
    }

    @Test func `whoever else approves in the browser does not become the bot`() async {
        let service = ScriptedService(polls: [.success(.granted(ScriptedService.tokens))])
        let somebody = Identity(user: "@alice:example.org", device: "D")
        let bench = SetupBench(ScriptedHomeserver(identities: [.success(somebody)]), service)
        let failure = await bench.failureOfObtaining { $0.usesDeviceGrant = true }
        #expect(failure?.cause.contains("@alice:example.org approved, not draupnir") == true)
        #expect(failure?.cure.contains { $0.contains("--localpart alice") } == true)
        #expect(service.asked.withLock { $0.last } == "revoke")
        #expect(bench.text(Self.path) == nil)
    }

    @Test(arguments: [
        "X urn:synapse:admin:*", "--yes-i-want-to-grant-synapse-admin-privileges", "shared_secret_registration ",
        "SHORT", "",
    ])
    func `no device that a server names gets into a scope or a command line`(_ device: String) {
        #expect(!TokenScope.isDevice(device))
    }
}
