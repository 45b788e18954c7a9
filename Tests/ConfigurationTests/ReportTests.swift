import Configuration
import Moderation
import Testing

@Suite struct ReportTests {
    @Test func `everything that is wrong is told at once, in the order of the text`() {
        let report = report(
            """
            homeserverUrl: matrix.example.org
            accessToken: NONE_PROVIDED
            noop: yes
            noop: false
            managementRoom: "#mods:example.org"
            initialManager: "alice"
            protections:
              wordlist:
                words: [spam, 1312, ""]
            health:
              healthz: {enabled: true, port: 99999, address: bot.example.org}
            web: on
            tokn: syt_stray

            """
        )
        #expect(
            report.problemTexts == [
                "bot.yaml:1:16: homeserverUrl: expected a URL that begins with http:// or https://, found the text"
                    + " “matrix.example.org”; write https://matrix.example.org",
                "bot.yaml:2:14: accessToken: expected a secret, found the placeholder of a template; paste the access token"
                    + " of the bot's account, or give --access-token-path",
                "bot.yaml:3:7: noop: expected true or false, found the text “yes”; write true, without quotes",
                "bot.yaml:4:1: key “noop” was already given on line 3",
                "bot.yaml:6:17: initialManager: expected a user ID such as @alice:example.org, found the text “alice”",
                "bot.yaml:6:17: initialManager: managementRoom (line 5) and initialManager (line 6) exclude each other;"
                    + " keep managementRoom where the room exists, or initialManager to have it made",
                "bot.yaml:9:19: protections.wordlist.words[1]: expected a text that is not empty, found the number 1312;"
                    + " put it in quotes",
                "bot.yaml:9:25: protections.wordlist.words[2]: expected a text that is not empty, found an empty text",
                "bot.yaml:11:34: health.healthz.port: expected a whole number from 1 to 65535, found the number 99999",
                "bot.yaml:11:50: health.healthz.address: expected localhost or a numeric address, found the text"
                    + " “bot.example.org”; 0.0.0.0 listens everywhere, 127.0.0.1 on this machine only",
                "bot.yaml:12:6: web: expected a mapping with the keys enabled, port, address, abuseReporting,"
                    + " synapseHTTPAntispam, found a text",
            ]
        )
        #expect(report.warningTexts == ["bot.yaml:13:1: tokn: unknown key, ignored"])
        #expect(report.settings == nil)
    }

    @Test(arguments: [
        ("acessToken: x\n", "acessToken: unknown key, ignored; did you mean accessToken?"),
        ("ACCESSTOKEN: x\n", "ACCESSTOKEN: unknown key, ignored; did you mean accessToken?"),
        (
            "pantalaimon: {passweird: x}\n",
            "pantalaimon.passweird: unknown key, ignored; did you mean pantalaimon.password?"
        ),
        (
            "pantalaimon: {pasword: x}\n",
            "pantalaimon.pasword: unknown key, ignored; did you mean pantalaimon.password?"
        ),
        ("healthz: {enabled: true}\n", "healthz: unknown key, ignored; did you mean health.healthz?"),
        ("port: 1\n", "port: unknown key, ignored; did you mean health.healthz.port or web.port?"),
        ("web.port: 1\n", "web.port: unknown key, ignored; write one key per level, without the dots"),
        (
            "web: {abuseReporting.enabled: true}\n",
            "web.abuseReporting.enabled: unknown key, ignored; write one key per level, without the dots"
        ),
        ("somethingElse: [1, {a: b}]\n", "somethingElse: unknown key, ignored"),
        ("\"a\\u0007b\": 1\n", "a\\u{7}b: unknown key, ignored"),
        ("\"a\\nb\": 1\n", "a…: unknown key, ignored"),
        (
            "verboseLogging: true\n",
            "verboseLogging: this key of Mjolnir and early Draupnir does nothing; logLevel decides what is logged"
        ),
        (
            "protectedRooms: ['#a:b.org']\n",
            "protectedRooms: this key of Mjolnir does nothing; rooms are protected by command: send `!draupnir rooms add`"
                + " for each of these"
        ),
        (
            "encryption: {use: true}\n",
            "encryption: this key of Mjolnir does nothing; this version cannot read encrypted rooms: use a management room"
                + " without encryption"
        ),
    ])
    func `an unknown key is a warning, with the key that was meant`(text: String, warning: String) throws {
        let report = report(essentials + text)
        #expect(report.problems == [])
        #expect(report.warnings.count == 1)
        #expect(try #require(report.warningTexts.first).hasSuffix(": " + warning))
    }

    @Test func `a dead key is told to do nothing`() {
        let report = report(essentials + "recordIgnoredInvites: true\nconfigMeta: {}\n")
        #expect(
            report.noteTexts == [
                "bot.yaml:3:1: recordIgnoredInvites: this key does nothing: refused invitations are always told in the"
                    + " management room",
                "bot.yaml:4:1: configMeta: the original writes this for itself; it is not read",
            ]
        )
    }

    @Test func `the text for the terminal`() {
        #expect(
            report(essentials + "noop: true\nnop: true\ncommands: {features: []}\n").text == """
                bot.yaml can be used: 0 problems, 1 warning, 1 note.

                Warnings:
                  bot.yaml:4:1: nop: unknown key, ignored; did you mean noop?

                Notes:
                  bot.yaml:5:12: commands.features: this key does nothing: every command is there where the bot's account \
                may use it

                Settings that are not the default:
                  accessToken: <redacted>
                  managementRoom: #mods:example.org
                  noop: true

                """
        )
    }

    @Test func `thousands of findings are counted and not all shown`() {
        let report = report(essentials + (0..<5_000).map { "zzzzzzzz\($0): 1\n" }.joined())
        #expect(report.warnings.count == 5_000)
        #expect(report.text.contains("\n  … and 4950 more\n"))
    }
}
