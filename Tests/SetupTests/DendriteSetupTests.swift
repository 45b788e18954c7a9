import Synchronization
import MatrixCore
import Moderation
import Observability
import Setup
import TestSupport
import Testing

/// The account and its rights on Dendrite, and what the operator is told of them.
@Suite struct DendriteSetupTests {
    @Test(arguments: [false, true])
    func `with nothing given it says the line that makes the account`(_ asAdmin: Bool) async throws {
        let bench = DendriteScene.bench()
        var run = DendriteScene.run(on: bench) { $0.wantsServerAdmin = asAdmin }
        let failure = try await DendriteScene.failure(ObtainAccount(), &run, bench)
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

    @Test(arguments: ["success", "success, admin"])
    func `the line is as it was run against a real server, and its token is where it is said to be`(
        _ name: String
    ) throws {
        let run = try RecordedCommand.named(name, in: "dendrite", "cli_create_account.json")
        let flags = Set(run.words.filter { $0.hasPrefix("-") }.map { $0.drop { $0 == "-" } })
        let line = DendriteCommands(baseURL: "https://matrix.example.org").createAccount("cliuser", asAdmin: true)
        for word in line.split(separator: " ") where word.hasPrefix("-") && word != "-admin" {
            #expect(flags.contains(word.dropFirst()), "\(word)")
        }
        #expect(flags.contains("admin") == (name == "success, admin"))
        #expect(run.standardOutput.isEmpty)
        #expect(run.standardError.contains("(AccessToken: "))
    }

    /// Its own usage, of a line without a name, is what the line that is shown cannot bring.
    @Test func `every failure of that line is told with what it means`() throws {
        let runs = try RecordedCommand.all(in: "dendrite", "cli_create_account.json")
        let failures = runs.filter { $0.exitStatus != 0 && $0.name != "no user name" }
        #expect(failures.count == 9)
        for run in failures {
            let found = DendriteCommands.troubles.filter { trouble in
                [run.standardError, run.standardOutput].contains { $0.contains(trouble.sign) }
            }
            #expect(found.count == 1, "\(run.name): \(found.map(\.sign))")
        }
        let lines = DendriteCommands(baseURL: nil).accountLines("bot", asAdmin: false)
        #expect(DendriteCommands.troubles.allSatisfy { trouble in lines.contains { $0.contains(trouble.meaning) } })
    }

    @Test func `an admin's token makes no account there`() async throws {
        let bench = DendriteScene.bench()
        var run = DendriteScene.run(on: bench) { $0.typedAdminToken = Secret("admin") }
        let failure = try await DendriteScene.failure(ObtainAccount(), &run, bench)
        #expect(failure.cause == "Dendrite makes no accounts with an admin's token, and nothing else is given")
    }

    @Test func `a configuration without a secret is no hindrance where the account is there`() async throws {
        let bench = DendriteScene.bench(isAdmin: false, "client_api:\n  x: 1\n")
        var run = DendriteScene.run(on: bench) { $0.homeserverConfig = "/etc/dendrite.yaml" }
        let failure = try await DendriteScene.failure(ObtainAccount(), &run, bench)
        #expect(failure.cause == "--homeserver-config /etc/dendrite.yaml has no registration_shared_secret")
        #expect(failure.cure.joined().contains("below client_api and restart Dendrite"))
        run.wishes.typedPassword = Secret("correct horse")
        _ = try await DendriteScene.perform(ObtainAccount(), &run, bench).get()
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
        let bench = DendriteScene.bench()
        var run = DendriteScene.run(on: bench) { $0.wantsServerAdmin = true }
        let failure = try await DendriteScene.failure(GrantAdmin(), &run, bench)
        #expect(bench.scripted.asked.withLock { $0 } == ["whois @draupnir-asks:example.org"])
        #expect(failure.cause.contains("only where it makes accounts, or in its database"))
        let line = "    UPDATE userapi_accounts SET account_type = 3 WHERE localpart = 'draupnir';"
        #expect(failure.cure.contains(line))
    }

    @Test func `an admin is not limited`() async throws {
        let bench = DendriteScene.bench(isAdmin: true)
        var run = DendriteScene.run(on: bench) { $0.wantsServerAdmin = true }
        _ = try await DendriteScene.perform(GrantAdmin(), &run, bench).get()
        let lines = try await DendriteScene.perform(LiftRateLimits(), &run, bench).get()
        #expect(lines == ["Dendrite does not limit server admins, and @draupnir:example.org is one"])
        #expect(run.rateLimit == .lifted)
        #expect(try await DendriteScene.perform(ShowRateLimit(), &run, bench).get().first?.contains("no limit") == true)
    }
}
