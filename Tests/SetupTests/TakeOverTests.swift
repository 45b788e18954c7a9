import Synchronization
import Setup
import TestSupport
import Testing

/// An account that is there already is somebody's, unless the operator has named it or setup itself has made it.
@Suite(.timeLimit(.minutes(1))) struct TakeOverTests {
    private static let lookup = "GET /api/admin/v1/users/by-username"
    private static let making = "POST /api/admin/v1/users"

    private static func there() throws -> Answer { try RecordedWorld.recorded("admin_api", "get by username") }

    private func unnamed(_ world: RecordedWorld, _ way: RecordedWay) async -> StepFailure? {
        await world.obtain {
            way.fill(&$0, world.bench)
            $0.localpart = nil
        }.failure
    }

    @Test(arguments: [RecordedWay.client, .adminToken])
    func `one that nobody named gets no token`(_ way: RecordedWay) async throws {
        try await RecordedWorld.with([Self.lookup: [try Self.there()]]) { world in
            for _ in 0..<2 {
                let failure = await unnamed(world, way)
                #expect(failure?.kind == .refused)
                #expect(failure?.cause == "there is an account draupnir already, and setup has not made it")
                #expect(failure?.cure.first == "if it is the bot's, say so: --localpart draupnir")
            }
            #expect(world.requests.allSatisfy { $0.method == "GET" || $0.path == "/oauth2/token" })
            #expect(world.bench.files.withLock { $0.keys.allSatisfy { $0 == "/admin-token" } })
        }
    }

    @Test(arguments: [RecordedWay.client, .command])
    func `a name that was only proposed names nobody`(_ way: RecordedWay) async throws {
        try await RecordedWorld.with([Self.lookup: [try Self.there()]]) { world in
            let taken = try RecordedWorld.said("cli", "register-user: name taken")
            world.bench.commands.withLock { $0 = [taken] }
            let failure = await world.obtain {
                way.fill(&$0, world.bench)
                $0.isProposedName = true
            }.failure
            #expect(failure?.cause == "there is an account bot already, and setup has not made it")
            #expect(world.requests.allSatisfy { $0.method == "GET" || $0.path == "/oauth2/token" })
        }
    }

    @Test func `one that was named is used, and its password stays`() async throws {
        try await RecordedWorld.with([Self.lookup: [try Self.there()]]) { world in
            #expect(await world.obtain { RecordedWay.client.fill(&$0, world.bench) }.failure == nil)
            #expect(world.requests.allSatisfy { !$0.path.contains("set-password") && $0.path != "/api/admin/v1/users" })
            #expect(world.bench.text("/bot/secrets/account-password") == nil)
        }
    }

    @Test func `a run whose making failed does not make the account its own`() async throws {
        let trouble = try RecordedWorld.recorded("outage", "Synapse down: create user at the admin API")
        let unknown = try RecordedWorld.recorded("admin_api", "get by username: unknown")
        let answers = [Self.lookup: [unknown, try Self.there()], Self.making: [trouble]]
        try await RecordedWorld.with(answers) { world in
            #expect(await unnamed(world, .client)?.cause.contains("cannot work with the homeserver") == true)
            #expect(await unnamed(world, .client)?.cause.contains("there is an account draupnir already") == true)
        }
    }

    @Test(arguments: ["database not reached", "homeserver not reached", "wrong shared secret"])
    func `nor one whose command failed`(_ trouble: String) async throws {
        try await RecordedWorld.with { world in
            let failed = try RecordedWorld.said("cli_outage", "register-user: " + trouble)
            let taken = try RecordedWorld.said("cli", "register-user: name taken")
            world.bench.commands.withLock { $0 = [failed, taken] }
            #expect(await unnamed(world, .command)?.cause.contains("ended with 1") == true)
            #expect(await unnamed(world, .command)?.cause.contains("there is an account draupnir already") == true)
            #expect(world.bench.commandsRun.withLock { $0.count } == 2, "no token was asked for")
            #expect(world.bench.files.withLock { $0.isEmpty })
        }
    }

    @Test func `one that setup has made is its own in the next run, and no other is`() async throws {
        let broken = try RecordedWorld.recorded("personal_sessions", "create: human_name missing")
        let good = try RecordedWorld.recorded("personal_sessions", "create, without expiry")
        let unknown = try RecordedWorld.recorded("admin_api", "get by username: unknown")
        let answers = [
            Self.lookup: [unknown, try Self.there()], "POST /api/admin/v1/personal-sessions": [broken, good],
        ]
        try await RecordedWorld.with(answers) { world in
            let first = await world.obtain { RecordedWay.client.fill(&$0, world.bench) }.failure
            #expect(first?.cause.contains("human_name") == true)
            #expect(world.bench.text("/bot/secrets/account-password")?.utf8.count == 33)
            #expect(await unnamed(world, .client)?.cause.contains("there is an account draupnir already") == true)
            #expect(await world.obtain { RecordedWay.client.fill(&$0, world.bench) }.failure == nil)
        }
    }

    @Test(arguments: [RecordedWay.client, .command])
    func `a token of another account is not kept`(_ way: RecordedWay) async throws {
        try await RecordedWorld.with { world in
            world.bench.commands.withLock { $0 = RecordedWorld.goodCommands }
            let failure = await unnamed(world, way)
            #expect(
                failure?.cause
                    == "a token of draupnir was asked for, and the new one is of @bot:example.org: it is not used"
            )
            #expect(world.bench.text("/bot/secrets/access-token") == nil)
        }
    }
}

extension RecordedWorld {
    static var goodCommands: [CommandOutput] {
        [
            "register-user: success with --yes", "issue-compatibility-token: success with device id",
            "provision-all-users",
        ].compactMap { try? said("cli", $0) }
    }
}
