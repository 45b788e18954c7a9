import Synchronization
import MatrixCore
import Moderation
import Observability
import Setup
import TestSupport
import Testing

/// Dendrite's rate limits, which only its configuration lifts.
@Suite struct DendriteLimitTests {
    @Test func `the change to the given file is shown, its secrets are not, and the file stays as it is`() async throws
    {
        let bench = DendriteScene.bench(isAdmin: false, DendriteScene.configuration)
        var run = DendriteScene.run(on: bench) { $0.homeserverConfig = "/etc/dendrite.yaml" }
        _ = try await DendriteScene.perform(LiftRateLimits(), &run, bench).get()
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
        #expect(bench.text("/etc/dendrite.yaml") == DendriteScene.configuration)
        #expect(run.rateLimit == nil)
    }

    @Test func `a change beside a secret does not show it`() async throws {
        let file = "client_api:\n  registration_shared_secret: s3cret\n"
        let bench = DendriteScene.bench(isAdmin: false, file)
        var run = DendriteScene.run(on: bench) { $0.homeserverConfig = "/etc/dendrite.yaml" }
        let failure = try await DendriteScene.failure(LiftRateLimits(isRequired: true), &run, bench)
        #expect(!failure.text.contains("s3cret"))
        #expect(failure.cure.contains("    +  rate_limiting:"))
        #expect(run.advice.isEmpty)
    }

    @Test(arguments: [
        ("client_api:\n  rate_limiting:\n    enabled: false\n", "switches all rate limits off"),
        ("client_api: {rate_limiting: {exempt_user_ids: ['@draupnir:example.org']}}", "exempts @draupnir:example.org"),
    ])
    func `a file that lifts them already is believed`(_ file: String, says text: String) async throws {
        let bench = DendriteScene.bench(isAdmin: false, file)
        var run = DendriteScene.run(on: bench) { $0.homeserverConfig = "/etc/dendrite.yaml" }
        let lines = try await DendriteScene.perform(LiftRateLimits(isRequired: true), &run, bench).get()
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
        let bench = DendriteScene.bench(isAdmin: false, file)
        var run = DendriteScene.run(on: bench) { if file != nil { $0.homeserverConfig = "/etc/dendrite.yaml" } }
        _ = try await DendriteScene.perform(LiftRateLimits(), &run, bench).get()
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
        let bench = DendriteScene.bench()
        var run = DendriteScene.run(on: bench) { $0.keepsRateLimits = true }
        #expect(
            try await DendriteScene.perform(LiftRateLimits(), &run, bench).get() == ["left the rate limits as they are"]
        )
        #expect(run.advice.isEmpty)
        run.wishes.homeserverConfig = "/nowhere"
        let failure = try await DendriteScene.failure(LiftRateLimits(), &run, bench)
        #expect(failure.kind == .usage)
        #expect(failure.step == "ratelimit")
    }
}

@Suite struct DendriteLineTests {
    @Test(arguments: [
        ("client_api:", true), ("  rate_limiting:", true), ("    enabled: true\r", true), ("    threshold: 20", true),
        ("", true),
        ("      - \"@bot:example.org\"", true), ("client_api: {registration_shared_secret: x,", false),
        ("  registration_shared_secret: x", false), ("    enabled: true # password x", false), ("# password: x", false),
        ("    threshold: s3cret", false), ("      - \"@a:b\", {x: y}", false), ("  key: x", false),
    ])
    func `only lines that cannot hold a secret are shown`(_ line: String, _ isShown: Bool) {
        #expect(LiftRateLimits.mayShow(line) == isShown)
    }
}
