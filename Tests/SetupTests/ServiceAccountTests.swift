import MatrixCore
import Moderation
import Moderation
import Observability
import Setup
import Synchronization
import TestSupport
import Testing

/// The step that gets the account, where an authentication service has it.
@Suite struct ServiceAccountTests {
    private static let bot = Identity(user: "@draupnir:example.org", device: "D")
    private static let unknown = ServerFailure(
        "GET whoami",
        .refused(status: 401, code: "M_UNKNOWN_TOKEN", message: "Token is not active")
    )

    private static func run(_ change: (inout SetupWishes) -> Void, on bench: SetupBench) -> SetupRun {
        bench.run(change)
    }

    @Test func `a token that Synapse does not know yet is tried again once that is forgotten`() async {
        let bench = SetupBench(ScriptedHomeserver(identities: [.failure(Self.unknown), .success(Self.bot)]))
        bench.commands.withLock { $0 = Self.outputs }
        var run = Self.run({ $0.serviceCommand = "mas-cli" }, on: bench)
        #expect(await bench.failureOfObtaining(&run) == nil)
        #expect(bench.waits.withLock { $0 } == [.seconds(125)])
        #expect(bench.told.withLock { $0.contains { $0.contains("remembers that for two minutes") } })
        #expect(run.session?.user == "@draupnir:example.org")
        #expect(bench.text("/bot/secrets/access-token")?.hasPrefix("mct_CompatAccessToken002") == true)
    }

    @Test func `one that stays unknown is told, and not kept`() async {
        let bench = SetupBench(ScriptedHomeserver(identities: [.failure(Self.unknown)]))
        bench.commands.withLock { $0 = Self.outputs }
        var run = Self.run({ $0.serviceCommand = "mas-cli" }, on: bench)
        #expect(await bench.failureOfObtaining(&run)?.cause.contains("was tried and does not work") == true)
        #expect(bench.waits.withLock { $0.count } == 1)
        #expect(bench.text("/bot/secrets/access-token") == nil)
    }

    @Test func `a token that is not for the Matrix API is told apart at once`() async {
        let scope = ServerFailure(
            "GET whoami",
            .refused(
                status: 401,
                code: "M_UNKNOWN_TOKEN",
                message: "Token doesn't grant access to the Matrix C-S API"
            )
        )
        let bench = SetupBench(ScriptedHomeserver(identities: [.failure(scope)]))
        bench.commands.withLock { $0 = Self.outputs }
        var run = Self.run({ $0.serviceCommand = "mas-cli" }, on: bench)
        #expect(await bench.failureOfObtaining(&run)?.cause.contains("not for the Matrix API") == true)
        #expect(bench.waits.withLock { $0 } == [])
    }

    @Test func `mas-cli is run with its log level, its agreement and its device`() async {
        let bench = SetupBench(ScriptedHomeserver(identities: [.success(Self.bot)]))
        bench.commands.withLock { $0 = Self.outputs }
        var run = Self.run(
            {
                $0.serviceCommand = "docker exec mas mas-cli"
                $0.wantsServerAdmin = true
            },
            on: bench
        )
        #expect(await bench.failureOfObtaining(&run) == nil)
        let lines = bench.commandsRun.withLock { $0.map { $0.joined(separator: " ") } }
        #expect(
            lines == [
                "RUST_LOG=info docker exec mas mas-cli manage register-user --yes draupnir",
                "RUST_LOG=info docker exec mas mas-cli manage issue-compatibility-token"
                    + " --yes-i-want-to-grant-synapse-admin-privileges draupnir DRAUPNIRABCDEFGH",
                "RUST_LOG=info docker exec mas mas-cli manage provision-all-users",
            ]
        )
    }

    @Test func `polling slows down when told, and outlasts an outage`() async {
        let outage = ServerFailure("POST token", .trouble(status: 502, ""))
        let service = ScriptedService(polls: [
            .success(.pending), .success(.slowDown), .failure(outage), .success(.granted(ScriptedService.tokens)),
        ])
        let bench = SetupBench(ScriptedHomeserver(identities: [.success(Self.bot)]), service)
        var run = Self.run({ $0.usesDeviceGrant = true }, on: bench)
        #expect(await bench.failureOfObtaining(&run) == nil)
        #expect(bench.waits.withLock { $0 } == [.seconds(5), .seconds(5), .seconds(10), .seconds(10)])
        #expect(
            run.session?.renewal
                == .oauth(
                    refreshToken: Secret("mar_1"),
                    clientID: "CLIENT",
                    tokenEndpoint: "https://auth.example.org/oauth2/token"
                )
        )
        let kept = bench.text("/bot/secrets/access-token").flatMap { Credential(fileText: $0) }
        // From when the poll that brought it was sent.
        #expect(kept?.life == TokenLife(issued: 1_800_000_030_000, end: 1_800_000_330_000))
        let scope = "urn:matrix:client:api:* urn:matrix:client:device:DRAUPNIRABCDEFGH"
        #expect(service.asked.withLock { $0.first } == scope)
    }

    @Test(arguments: [true, false])
    func `a grant that nobody approves ends with its time`(_ asAdmin: Bool) async {
        let bench = SetupBench(ScriptedHomeserver(), ScriptedService(polls: [.success(.pending)]))
        var run = Self.run(
            {
                $0.usesDeviceGrant = true
                $0.wantsServerAdmin = asAdmin
            },
            on: bench
        )
        let failure = await bench.failureOfObtaining(&run)
        #expect(failure?.cause == "nobody approved the code ABCDEF within 20 min")
        #expect(failure?.cure.contains { $0.contains("may not have admin rights") } == asAdmin)
        #expect(bench.waits.withLock { $0.count } == 240)
    }

    @Test func `a saved token that has ended is renewed, and the new pair kept`() async {
        let service = ScriptedService(refreshes: [.success(ScriptedService.tokens)])
        let bench = SetupBench(
            ScriptedHomeserver(identities: [.failure(Self.unknown), .success(Self.bot)]),
            service
        )
        let saved = Credential(
            token: Secret("mat_0"),
            renewal: .oauth(
                refreshToken: Secret("mar_0"),
                clientID: "C",
                tokenEndpoint: "https://auth.example.org/oauth2/token"
            )
        )
        bench.files.withLock { $0["/bot/secrets/access-token"] = Array(saved.fileText.utf8) }
        var run = Self.run({ _ in }, on: bench)
        #expect(await bench.failureOfObtaining(&run) == nil)
        #expect(bench.session?.token == Secret("mat_1"))
        #expect(bench.session?.renewal?.refreshToken == Secret("mar_1"))
        #expect(service.asked.withLock { $0 } == ["refresh"])
    }

    @Test func `a login that ends by itself is made renewable, for the same device`() async {
        let user: UserID = "@draupnir:example.org"
        let short = AccountSession(user: user, token: Secret("syt_1"), device: "D", expiresIn: .seconds(60))
        let lasting = AccountSession(
            user: user,
            token: Secret("syt_2"),
            device: "D",
            expiresIn: .seconds(300),
            renewal: .matrix(refreshToken: Secret("syr_1"))
        )
        let homeserver = ScriptedHomeserver(
            identities: [.success(Self.bot)],
            logins: [.success(short), .success(lasting)]
        )
        let bench = SetupBench(homeserver)
        var run = Self.run({ $0.typedPassword = Secret("p") }, on: bench)
        run.server?.authentication = nil
        #expect(await bench.failureOfObtaining(&run) == nil)
        #expect(homeserver.asked.withLock { $0 } == ["login", "login for D, renewable", "whoami"])
        let kept = bench.text("/bot/secrets/access-token").flatMap { Credential(fileText: $0) }
        #expect(kept?.renewal == .matrix(refreshToken: Secret("syr_1")))
    }

    @Test func `where no login can be renewed, that is told and the last one ended`() async {
        let short = AccountSession(
            user: "@draupnir:example.org",
            token: Secret("syt_1"),
            device: "D",
            expiresIn: .seconds(60)
        )
        let homeserver = ScriptedHomeserver(logins: [.success(short)])
        let bench = SetupBench(homeserver)
        var run = Self.run({ $0.typedPassword = Secret("p") }, on: bench)
        run.server?.authentication = nil
        #expect(await bench.failureOfObtaining(&run)?.cause.contains("in 1 min, and cannot be renewed") == true)
        let again = "login for D, renewable"
        #expect(homeserver.asked.withLock { $0 } == ["login", again, again, "logout of syt_1"])
    }

    /// What the three commands say, as recorded.
    private static var outputs: [CommandOutput] {
        [
            "register-user: success with --yes", "issue-compatibility-token: success with device id",
            "provision-all-users",
        ].compactMap { name in
            guard let command = try? RecordedCommand.named(name, in: "mas", "cli.json") else { return nil }
            return CommandOutput(
                exitStatus: Int32(command.exitStatus ?? -1),
                standardOutput: command.standardOutput,
                standardError: command.standardError
            )
        }
    }
}
