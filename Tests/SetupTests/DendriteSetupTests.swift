import Synchronization
import MatrixCore
import Moderation
import Observability
import Setup
import TestSupport
import Testing

/// The steps of setup on Dendrite, and what the operator is told of it.
@Suite struct DendriteSetupTests {
    private static let bot: UserID = "@draupnir:example.org"
    private static let configuration = """
        global:
          server_name: example.org
        client_api:
          registration_shared_secret: "s3cret-of-registration"
          turn:
            turn_shared_secret: "s3cret-of-turn"

          # Settings for rate-limited endpoints.
          rate_limiting:
            enabled: true
            threshold: 20
            cooloff_ms: 500
            exempt_user_ids:
            #  - "@user:domain.com"

        federation_api:
          send_max_retries: 16

        """

    private static func bench(isAdmin: Bool = false, _ file: String? = nil) -> SetupBench {
        let homeserver = ScriptedHomeserver(
            identities: [.success(TokenIdentity(user: bot, device: "D"))],
            logins: [.success(AccountSession(user: bot, token: Secret("dendrite-token"), device: "D"))],
            isAdmin: isAdmin
        )
        let bench = SetupBench(homeserver)
        if let file { bench.files.withLock { $0["/etc/dendrite.yaml"] = Array(file.utf8) } }
        return bench
    }

    private static func run(on bench: SetupBench, _ change: (inout SetupWishes) -> Void = { _ in }) -> SetupRun {
        var wishes = SetupWishes()
        change(&wishes)
        var run = SetupRun(wishes: wishes, folder: SetupFolder("/bot"), progress: SetupProgress(mark: "m"))
        run.homeserver = bench.scripted
        run.session = AccountSession(user: bot, token: Secret("dendrite-token"), device: "D")
        run.server = ServerFacts(
            baseURL: bench.scripted.baseURL,
            serverName: "example.org",
            flavour: .dendrite,
            version: "0.15.2",
            versions: ServerVersions(versions: ["v1.2"]),
            loginFlows: [LoginFlow(LoginFlow.password)]
        )
        return run
    }

    private static func perform(
        _ step: any SetupStep,
        _ run: inout SetupRun,
        _ bench: SetupBench
    ) async
        -> Result<[String], StepFailure>
    {
        do throws(StepFailure) { return .success(try await step.perform(&run, bench.tools)) } catch {
            return .failure(error)
        }
    }

    private static func failure(
        _ step: any SetupStep,
        _ run: inout SetupRun,
        _ bench: SetupBench
    ) async throws
        -> StepFailure
    {
        guard case .failure(let failure) = await perform(step, &run, bench) else { throw Unexpected() }
        return failure
    }

    private struct Unexpected: Error {}

    // MARK: The account

    @Test(arguments: [false, true])
    func `with nothing given it says the line that makes the account`(_ asAdmin: Bool) async throws {
        let bench = Self.bench()
        var run = Self.run(on: bench) { $0.wantsServerAdmin = asAdmin }
        let failure = try await Self.failure(ObtainAccount(), &run, bench)
        #expect(failure.kind == .usage)
        #expect(failure.cause == "nothing is given to get the bot's account with")
        let line =
            "    create-account -config dendrite.yaml -url https://matrix.example.org -username draupnir"
            + (asAdmin ? " -admin" : "")
        #expect(failure.cure.contains(line), "\(failure.cure)")
        let told = failure.cure.joined(separator: "\n")
        #expect(told.contains("while it runs"))
        #expect(told.contains("--localpart draupnir --password-file FILE"))
        #expect(told.contains("error output (AccessToken: …)"))
        #expect(!told.contains("--admin-access-token-file"))
        #expect(bench.files.withLock { $0.isEmpty })
    }

    @Test func `an admin's token makes no account there`() async throws {
        let bench = Self.bench()
        var run = Self.run(on: bench) { $0.typedAdminToken = Secret("admin") }
        let failure = try await Self.failure(ObtainAccount(), &run, bench)
        #expect(failure.cause == "Dendrite makes no accounts with an admin's token, and nothing else is given")
    }

    @Test func `a configuration without a secret is no hindrance where the account is there`() async throws {
        let bench = Self.bench(isAdmin: false, "client_api:\n  x: 1\n")
        var run = Self.run(on: bench) { $0.homeserverConfig = "/etc/dendrite.yaml" }
        let failure = try await Self.failure(ObtainAccount(), &run, bench)
        #expect(failure.cause == "--homeserver-config /etc/dendrite.yaml has no registration_shared_secret")
        #expect(failure.cure.joined().contains("below client_api and restart Dendrite"))
        run.wishes.typedPassword = Secret("correct horse")
        _ = try await Self.perform(ObtainAccount(), &run, bench).get()
        #expect(bench.text("/bot/secrets/access-token")?.hasPrefix("dendrite-token") == true)
        // Its tokens never end: nothing asks for one that can be renewed.
        #expect(bench.scripted.asked.withLock { $0 } == ["login", "whoami"])
    }

    @Test(arguments: [("/etc/my dendrite/it's.yaml", "'/etc/my dendrite/it'\\''s.yaml'"), ("/a/b.yaml", "/a/b.yaml")])
    func `a path is one word of the line`(_ path: String, word: String) {
        let line = DendriteCommands(configuration: path, baseURL: nil).createAccount("bot", asAdmin: false)
        #expect(line == "create-account -config \(word) -username bot")
    }

    // MARK: Admin rights

    @Test func `admin rights are looked for as Dendrite shows them, and are not to be had by a call`() async throws {
        let bench = Self.bench()
        var run = Self.run(on: bench) { $0.wantsServerAdmin = true }
        let failure = try await Self.failure(GrantAdmin(), &run, bench)
        #expect(bench.scripted.asked.withLock { $0 } == ["whois @draupnir-asks:example.org"])
        #expect(failure.cause.contains("only where it makes accounts, or in its database"))
        let line = "    UPDATE userapi_accounts SET account_type = 3 WHERE localpart = 'draupnir';"
        #expect(failure.cure.contains(line))
    }

    @Test func `an admin is not limited`() async throws {
        let bench = Self.bench(isAdmin: true)
        var run = Self.run(on: bench) { $0.wantsServerAdmin = true }
        _ = try await Self.perform(GrantAdmin(), &run, bench).get()
        let lines = try await Self.perform(LiftRateLimits(), &run, bench).get()
        #expect(lines == ["Dendrite does not limit server admins, and @draupnir:example.org is one"])
        #expect(run.rateLimit == .lifted)
        #expect(try await Self.perform(ShowRateLimit(), &run, bench).get().first?.contains("no limit") == true)
    }

    // MARK: Rate limits

    @Test func `the change to the given file is shown, its secrets are not, and the file stays as it is`() async throws
    {
        let bench = Self.bench(isAdmin: false, Self.configuration)
        var run = Self.run(on: bench) { $0.homeserverConfig = "/etc/dendrite.yaml" }
        _ = try await Self.perform(LiftRateLimits(), &run, bench).get()
        let advice = try #require(run.advice.first)
        #expect(run.advice.count == 1)
        #expect(advice.text.contains("join and leave rooms, invite and log in"))
        #expect(advice.text.contains("sync, messages, state, bans, kicks and redactions are not limited"))
        #expect(advice.cure.first?.contains("then restart Dendrite") == true)
        #expect(
            advice.cure.dropFirst() == [
                "    --- /etc/dendrite.yaml", "    +++ /etc/dendrite.yaml", "    @@ -12,4 +12,5 @@",
                "         cooloff_ms: 500", "         exempt_user_ids:", "    +      - \"@draupnir:example.org\"",
                "         #  - \"@user:domain.com\"", "     ",
            ]
        )
        #expect(!advice.cure.joined().contains("s3cret"))
        #expect(bench.text("/etc/dendrite.yaml") == Self.configuration)
        #expect(run.rateLimit == nil)
    }

    @Test func `a change beside a secret does not show it`() async throws {
        let file = "client_api:\n  registration_shared_secret: s3cret\n"
        let bench = Self.bench(isAdmin: false, file)
        var run = Self.run(on: bench) { $0.homeserverConfig = "/etc/dendrite.yaml" }
        let failure = try await Self.failure(LiftRateLimits(isRequired: true), &run, bench)
        #expect(!failure.text.contains("s3cret"))
        #expect(failure.cure.contains("    +  rate_limiting:"))
        #expect(run.advice.isEmpty)
    }

    @Test(arguments: [
        ("client_api:\n  rate_limiting:\n    enabled: false\n", "switches all rate limits off"),
        ("client_api: {rate_limiting: {exempt_user_ids: ['@draupnir:example.org']}}", "exempts @draupnir:example.org"),
    ])
    func `a file that lifts them already is believed`(_ file: String, says text: String) async throws {
        let bench = Self.bench(isAdmin: false, file)
        var run = Self.run(on: bench) { $0.homeserverConfig = "/etc/dendrite.yaml" }
        let lines = try await Self.perform(LiftRateLimits(isRequired: true), &run, bench).get()
        #expect(lines.first?.contains(text) == true, "\(lines)")
        #expect(run.rateLimit == .lifted)
        #expect(run.advice.isEmpty)
    }

    @Test(
        arguments: [
            (nil, "with --homeserver-config the exact change is shown"), ("- a list\n", "could not be worked out"),
        ] as [(String?, String)]
    )
    func `where no change can be shown, what the file must say is`(_ file: String?, says text: String) async throws {
        let bench = Self.bench(isAdmin: false, file)
        var run = Self.run(on: bench) { if file != nil { $0.homeserverConfig = "/etc/dendrite.yaml" } }
        _ = try await Self.perform(LiftRateLimits(), &run, bench).get()
        let cure = run.advice.first?.cure ?? []
        #expect(cure.first?.contains(text) == true, "\(cure)")
        #expect(
            cure.dropFirst() == [
                "    client_api:", "      rate_limiting:", "        exempt_user_ids:",
                "          - \"@draupnir:example.org\"",
            ]
        )
    }

    @Test func `who keeps the limits is told nothing, and a missing file is the flag's fault`() async throws {
        let bench = Self.bench()
        var run = Self.run(on: bench) { $0.keepsRateLimits = true }
        #expect(try await Self.perform(LiftRateLimits(), &run, bench).get() == ["left the rate limits as they are"])
        #expect(run.advice.isEmpty)
        run.wishes.homeserverConfig = "/nowhere"
        let failure = try await Self.failure(LiftRateLimits(), &run, bench)
        #expect(failure.kind == .usage)
        #expect(failure.step == "ratelimit")
    }
}
