import Configuration
import Setup
import TestSupport
import Testing

/// The change to `dendrite.yaml` that exempts the bot from rate limits.
@Suite struct DendriteExemptionTests {
    private static func limits(_ text: String) -> DendriteLimits {
        YAMLConfigurationFile().limits(of: "@bot:example.org", inDendriteConfiguration: text)
    }

    /// A file like the sample, with this below `rate_limiting` or in its place.
    private static func file(_ limiting: String) -> String {
        "version: 2\nclient_api:\n  registration_shared_secret: \"s3cret\"\n\(limiting)\n\nsync_api:\n  x: 1\n"
    }

    @Test(arguments: [
        (
            "the sample, whose list is empty but for a comment",
            "  rate_limiting:\n    enabled: true\n    exempt_user_ids:\n    #  - \"@user:domain.com\"",
            ["      - \"@bot:example.org\""]
        ),
        (
            "a list with others",
            "  rate_limiting:\n    exempt_user_ids:\n      - \"@a:b\"\n      - '@c:d'  # Mjolnir\n    threshold: 20",
            ["      - \"@bot:example.org\""]
        ),
        (
            "a list as far to the left as its key",
            "  rate_limiting:\n    exempt_user_ids:\n    - \"@a:b\"\n    threshold: 20",
            ["    - \"@bot:example.org\""]
        ),
        (
            "an empty list in brackets", "  rate_limiting:\n    exempt_user_ids: []  # nobody",
            ["    exempt_user_ids: [\"@bot:example.org\"]  # nobody"]
        ),
        (
            "a list in brackets", "  rate_limiting:\n    exempt_user_ids: [\"@a:b\"]",
            ["    exempt_user_ids: [\"@bot:example.org\", \"@a:b\"]"]
        ),
        (
            "a list in brackets over several lines", "  rate_limiting:\n    exempt_user_ids: [\n      \"@a:b\",\n    ]",
            ["    exempt_user_ids: [\"@bot:example.org\", "]
        ),
        (
            "a block without the list", "  rate_limiting:\n    enabled: true\n    threshold: 5",
            ["    exempt_user_ids:", "      - \"@bot:example.org\""]
        ),
        (
            "a block in braces", "  rate_limiting: {enabled: true}",
            ["  rate_limiting: {exempt_user_ids: [\"@bot:example.org\"], enabled: true}"]
        ),
        (
            "an empty block", "  rate_limiting:  # to do", ["    exempt_user_ids:", "      - \"@bot:example.org\""]
        ),
        (
            "no block, keys in quotes", "  \"registration_disabled\": true",
            ["  rate_limiting:", "    exempt_user_ids:", "      - \"@bot:example.org\""]
        ),
    ])
    func `is as small as can be`(_ name: String, _ limiting: String, inserted: [String]) throws {
        let text = Self.file(limiting)
        guard case .lifted(let edit) = Self.limits(text) else {
            Issue.record("\(name): \(Self.limits(text))")
            return
        }
        #expect(edit.inserted == inserted)
        let after = edit.applied(to: text)
        #expect(Self.limits(after) == .exempt, "\(after)")
        let removed = edit.removed
        #expect(
            TextEdit.lines(of: after).lines.count == TextEdit.lines(of: text).lines.count + inserted.count - removed
        )
    }

    @Test func `without the section it goes to the end`() {
        let text = "version: 2\nglobal:\n  server_name: example.org\n"
        guard case .lifted(let edit) = Self.limits(text) else {
            Issue.record("\(Self.limits(text))")
            return
        }
        #expect(
            edit.applied(to: text)
                == text + "client_api:\n  rate_limiting:\n    exempt_user_ids:\n      - \"@bot:example.org\"\n"
        )
    }

    @Test func `lines that end as on Windows stay so`() {
        let text = "client_api:\r\n  rate_limiting:\r\n    threshold: 5\r\n"
        guard case .lifted(let edit) = Self.limits(text) else {
            Issue.record("\(Self.limits(text))")
            return
        }
        #expect(edit.inserted == ["    exempt_user_ids:\r", "      - \"@bot:example.org\"\r"])
    }

    @Test(
        arguments: [
            (file("  rate_limiting:\n    enabled: false"), .off),
            (file("  rate_limiting:\n    exempt_user_ids: ['@bot:example.org']"), .exempt),
            (file("  rate_limiting:\n    exempt_user_ids:\n      - \"@bot:example.org\""), .exempt),
            ("- a list", .unclear("it is no YAML mapping")), ("a: [", .unclear("it is no YAML mapping")),
            ("client_api: yes\n", .unclear("client_api is no mapping")),
            ("client_api: {registration_shared_secret: s3cret}\n", .unclear("it is written in braces")),
            ("client_api:\n  rate_limiting: 5\n", .unclear("client_api.rate_limiting is no mapping")),
            (
                "client_api:\n  rate_limiting:\n    exempt_user_ids: \"@a:b\"\n",
                .unclear("exempt_user_ids is no list")
            ),
            (
                "client_api:\n  rate_limiting:\n    exempt_user_ids: ~\n",
                .unclear("it is written in a way that I cannot change by one line")
            ),
            (
                "client_api:\n  rate_limiting:\n    exempt_user_ids:",
                .unclear("it is written in a way that I cannot change by one line")
            ),
            (
                "client_api: {registration_shared_secret: s3cret, rate_limiting: {enabled: true}}\n",
                .unclear("it is written in a way that I cannot change by one line")
            ),
            (
                "client_api: {registration_shared_secret: s3cret, rate_limiting: {exempt_user_ids: []}}\n",
                .unclear("it is written in a way that I cannot change by one line")
            ),
            (
                "x: &x\n  exempt_user_ids: ['@a:b']\nclient_api:\n  rate_limiting:\n    <<: *x\n",
                .unclear("line 5: merge keys (<<) are not supported")
            ),
            (
                "client_api:\n  rate_limiting:\n    threshold: 5\nclient_api:\n  rate_limiting:\n    threshold: 9\n",
                .unclear("line 4: key “client_api” was already given on line 1")
            ),
            (
                "# a\r# b\nclient_api:\n  rate_limiting:\n    exempt_user_ids:\n",
                .unclear("its lines end in several ways")
            ),
            (
                "# a\u{2028}# b\nclient_api:\n  rate_limiting:\n    exempt_user_ids:\n",
                .unclear("its lines end in several ways")
            ),
            (
                "x: &x\n  threshold: 5\nclient_api:\n  rate_limiting: *x\n",
                .unclear("it is written in a way that I cannot change by one line")
            ),
        ] as [(String, DendriteLimits)]
    )
    func `says where nothing is to be changed, or cannot be`(_ text: String, _ limits: DendriteLimits) {
        #expect(Self.limits(text) == limits)
    }

    /// Canonically equal names are two accounts.
    @Test func `another's name that looks the same exempts nobody`() {
        let text = "client_api:\n  rate_limiting:\n    exempt_user_ids: ['@\u{212A}:example.org']\n"
        let limits = YAMLConfigurationFile().limits(of: "@K:example.org", inDendriteConfiguration: text)
        guard case .lifted = limits else {
            Issue.record("\(limits)")
            return
        }
    }
}
