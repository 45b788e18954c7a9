import Configuration
import Moderation
import Observability
import Setup
import Testing
import YAML

@Suite struct WritingTests {
    @Test(arguments: [
        "plain", "", "with \"quotes\" and \\", "two\nlines\r\n", "tab\t", "nul-free \u{1}\u{7F}\u{85}",
        "\u{2028}\u{FEFF}",
        "# no comment", "yes", "1312", "~", "!room:a.org", "#alias:a.org", "ünï 😀", "a: b", "- x", "{x}", " blank ",
    ])
    func `a quoted text is read back as itself`(_ text: String) throws {
        let document = try parseYAML(Array("key: \(quotedScalar(text))\n".utf8), file: "x")
        guard case .mapping(let entries) = document.root.value, case .string(let read)? = entries.first?.value.value
        else {
            Issue.record("no mapping of a text")
            return
        }
        #expect(Array(read.utf8) == Array(text.utf8))
    }

    private static let choices = ConfigurationChoices(
        homeserverURL: "https://a.org",
        user: "@bot:a.org\nhomeserverUrl: evil",
        accessTokenFile: "/x/secrets/access-token",
        dataPath: "/x/storage \"of\" bot",
        managementRoom: "!room:a.org",
        manager: "@boss:a.org\nnoop: true"
    )

    @Test func `what is written is read without a word`() throws {
        let text = YAMLConfigurationFile().text(Self.choices)
        let scratch = try ScratchFile(text)
        let token = try ScratchFile("syt_token\n", mode: 0o600)
        let read = YAMLConfigurationFile().read(scratch.path, accessTokenFile: token.path)
        #expect(read.problems == [])
        #expect(read.warnings == [])
        let settings = try #require(read.settings)
        #expect(settings.homeserverURL == "https://a.org")
        #expect(settings.dataPath == "/x/storage \"of\" bot")
        #expect(!settings.isDryRun)
    }

    @Test func `every default is right once its sign is taken away`() throws {
        let text = YAMLConfigurationFile().text(Self.choices)
        let start = try #require(text.firstRange(of: "\n\n# Where")).lowerBound
        let lines = text[start...].split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix("#") && (!line.hasPrefix("# ") || line.hasPrefix("#  ")) ? line.dropFirst() : line
        }
        let token = try ScratchFile("syt_token\n", mode: 0o600)
        let scratch = try ScratchFile(lines.joined(separator: "\n"))
        let read = YAMLConfigurationFile().read(scratch.path, accessTokenFile: token.path)
        #expect(read.problems == [])
        #expect(read.warnings == [])
        #expect(lines.contains("    defaultReasons: [\"spam\", \"brigading\", \"harassment\", \"disagreement\"]"))
    }

    @Test(
        arguments: [
            ("registration_shared_secret: sesame", .inText("sesame")),
            ("registration_shared_secret: 12345", .inText("12345")),
            ("registration_shared_secret_path: /etc/secret", .inFile("/etc/secret")),
            ("client_api: {registration_shared_secret: dendrite}", .inText("dendrite")),
            ("registration_shared_secret: ''\nserver_name: x", .none), ("server_name: x", .none),
            ("- list", .unreadable("it is no YAML")), ("a: [", .unreadable("it is no YAML")),
        ] as [(String, SharedSecretPlace)]
    )
    func `finds the registration secret where homeservers keep it`(_ text: String, place: SharedSecretPlace) {
        #expect(YAMLConfigurationFile().sharedSecret(inHomeserverConfiguration: text) == place)
    }

    @Test func `reads what matters of a registration`() {
        let file = YAMLConfigurationFile()
        let read = file.appservice("id: x\nas_token: secret\nsender_localpart: bot\nrate_limited: false\n")
        #expect(read?.token.reveal() == "secret")
        #expect(read?.senderLocalpart == "bot")
        #expect(read?.isRateLimited == false)
        #expect(file.appservice("as_token: secret\nsender_localpart: bot")?.isRateLimited == true)
        #expect(file.appservice("as_token: secret") == nil)
        #expect(file.appservice("[]") == nil)
    }
}
