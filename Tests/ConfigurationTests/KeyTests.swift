import Configuration
import MatrixCore
import Moderation
import Testing

@Suite struct KeyTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let key: String
        let good: String
        /// How the report shows the good value.
        let shown: String
        let bad: String
        let complaint: String
        var testDescription: String { key }

        init(_ key: String, _ good: String, _ shown: String, bad: String, _ complaint: String) {
            (self.key, self.good, self.shown, self.bad, self.complaint) = (key, good, shown, bad, complaint)
        }
    }

    private static let flag = "expected true or false, found the number 1"
    private static let url = "expected a URL that begins with http:// or https://, found the text"

    static let rows: [Row] = [
        Row("homeserverUrl", "https://a.org/", "https://a.org", bad: "ftp://a.org", "\(url) “ftp://a.org”"),
        Row(
            "rawHomeserverUrl",
            "http://synapse_1:8008/x/",
            "http://synapse_1:8008/x",
            bad: "a.org",
            "\(url) “a.org”; write https://a.org"
        ),
        Row("accessToken", "syt_x", "<redacted>", bad: "12", "expected a text, found a number; put it in quotes"),
        Row("pantalaimon.use", "true", "true", bad: "1", flag),
        Row("pantalaimon.username", "bot", "“bot”", bad: "[]", "expected a text, found a list"),
        Row("pantalaimon.password", "p", "<redacted>", bad: "7", "expected a text, found a number; put it in quotes"),
        Row("experimentalRustCrypto", "true", "true", bad: "1", flag),
        Row("dataPath", "/srv/x", "“/srv/x”", bad: "''", "expected the path of a directory, found an empty text"),
        Row(
            "managementRoom",
            "https://matrix.to/#/%23m%3Aa.org?via=a.org",
            "#m:a.org",
            bad: "'@a:a.org'",
            "expected a room as !id, #alias:server or a link to one, found the text “@a:a.org”; this is a user ID"
        ),
        Row(
            "initialManager",
            "'@a:a.org'",
            "@a:a.org",
            bad: "alice",
            "expected a user ID such as @alice:example.org, found the text “alice”"
        ),
        Row("autojoinOnlyIfManager", "false", "false", bad: "1", flag),
        Row(
            "acceptInvitesFromSpace",
            "'!space'",
            "!space",
            bad: "space",
            "expected a room as !id, #alias:server or a link to one, found the text “space”"
        ),
        Row("recordIgnoredInvites", "true", "", bad: "1", flag),
        Row("protectAllJoinedRooms", "true", "true", bad: "1", flag),
        Row(
            "logLevel",
            "WARN",
            "WARN",
            bad: "warn",
            "expected DEBUG, INFO, WARN or ERROR, found the text “warn”; did you mean WARN?"
        ),
        Row(
            "logMutedModules",
            "[A]",
            "",
            bad: "A",
            "expected a list of texts, found the text “A”; write it as [ … ], even where there is one only"
        ),
        Row("verifyPermissionsOnStartup", "false", "", bad: "1", flag),
        Row("disableServerACL", "true", "true", bad: "1", flag),
        Row(
            "noop",
            "true",
            "true",
            bad: "yes",
            "expected true or false, found the text “yes”; write true, without quotes"
        ),
        Row(
            "automaticallyRedactForReasons",
            "['*spam*', raid]",
            "[“*spam*”, “raid”]",
            bad: "{}",
            "expected a list of texts, found a mapping"
        ),
        Row(
            "backgroundDelayMS",
            "0",
            "0",
            bad: "-1",
            "expected a whole number of milliseconds from 0 to 3600000, found the number -1"
        ),
        Row(
            "safeMode.bootOption",
            "Always",
            "AllErrors",
            bad: "Neve",
            "expected RecoveryOnly, Never, AllErrors or Always, found the text “Neve”; did you mean Never?"
        ),
        Row("admin.enableMakeRoomAdminCommand", "true", "true", bad: "1", flag),
        Row("roomStateBackingStore.enabled", "false", "false", bad: "1", flag),
        Row(
            "draupnirNewsURL",
            "https://a.org/news.json?x=1",
            "https://a.org/news.json?x=1",
            bad: "news",
            "expected a URL that begins with http:// or https://, or an empty text, found the text “news”"
        ),
        Row("commands.allowNoPrefix", "true", "true", bad: "1", flag),
        Row(
            "commands.symbolPrefixes",
            "['!', '?']",
            "[“!”, “?”]",
            bad: "'!'",
            "expected a list of words, found the text “!”; write it as [ … ], even where there is one only"
        ),
        Row(
            "commands.additionalPrefixes",
            "[Bot]",
            "[“Bot”]",
            bad: "2",
            "expected a list of words, found the number 2; write it as [ … ], even where there is one only"
        ),
        Row("commands.features", "[synapse admin]", "", bad: "{}", "expected a list of texts, found a mapping"),
        Row(
            "commands.ban.defaultReasons",
            "[raid]",
            "[“raid”]",
            bad: "true",
            "expected a list of texts that are not empty, found true; write it as [ … ], even where there is one only"
        ),
        Row("pollReports", "true", "true", bad: "1", flag),
        Row("displayReports", "false", "false", bad: "1", flag),
        Row(
            "protections.wordlist.words",
            "[\"1312\", ab]",
            "[“1312”, “ab”]",
            bad: "{}",
            "expected a list of texts that are not empty, found a mapping"
        ),
        Row(
            "protections.wordlist.minutesBeforeTrusting",
            "0",
            "0",
            bad: "'20'",
            "expected a whole number of minutes from 0 to 5256000, found the text “20”; write it without quotes"
        ),
        Row(
            "protections.newJoinerProtection.serverNames",
            "[a.org, 'b.org:8448']",
            "[a.org, b.org:8448]",
            bad: "{}",
            "expected a list of server names, found a mapping"
        ),
        Row(
            "protections.newJoinerProtection.banMessage",
            "no",
            "“no”",
            bad: "3",
            "expected a text, found the number 3; put it in quotes"
        ),
        Row("health.healthz.enabled", "true", "true", bad: "1", flag),
        Row(
            "health.healthz.port",
            "9000",
            "9000",
            bad: "0",
            "expected a whole number from 1 to 65535, found the number 0"
        ),
        Row(
            "health.healthz.address",
            "'::1'",
            "“::1”",
            bad: "''",
            "expected a text that is not empty, found an empty text"
        ),
        Row(
            "health.healthz.endpoint",
            "/healthz",
            "",
            bad: "1",
            "expected a text, found the number 1; put it in quotes"
        ),
        Row(
            "health.healthz.healthyStatus",
            "204.0",
            "204",
            bad: "99",
            "expected a whole number from 200 to 599, found the number 99"
        ),
        Row(
            "health.healthz.unhealthyStatus",
            "503",
            "503",
            bad: "600",
            "expected a whole number from 200 to 599, found the number 600"
        ),
        Row(
            "health.sentry.dsn",
            "https://k@a.org/1",
            "<redacted>",
            bad: "1",
            "expected a text, found a number; put it in quotes"
        ),
        Row(
            "health.sentry.tracesSampleRate",
            "1",
            "1.0",
            bad: "1.5",
            "expected a number from 0 to 1, found the number 1.5"
        ),
        Row("web.enabled", "true", "true", bad: "1", flag),
        Row(
            "web.port",
            "65535",
            "65535",
            bad: "65536",
            "expected a whole number from 1 to 65535, found the number 65536"
        ),
        Row("web.address", "0.0.0.0", "“0.0.0.0”", bad: "''", "expected a text that is not empty, found an empty text"),
        Row("web.abuseReporting.enabled", "true", "true", bad: "1", flag),
        Row("web.synapseHTTPAntispam.enabled", "true", "true", bad: "1", flag),
        Row(
            "web.synapseHTTPAntispam.authorization",
            "x",
            "<redacted>",
            bad: "5",
            "expected a text, found a number; put it in quotes"
        ),
    ]

    @Test func `every key has its row`() {
        #expect(Self.rows.map(\.key).sorted() == ConfigurationKey.all.map(\.path).sorted())
    }

    @Test(arguments: rows) func `takes a good value`(row: Row) {
        let report = report(nested(row.key, row.good))
        #expect(!report.problems.contains { $0.keyPath == row.key && $0.message.hasPrefix("expected") })
        #expect(report.choices.map(\.keyPath) == (row.shown.isEmpty ? [] : [row.key]))
        #expect(report.choices.first?.value ?? "" == row.shown)
    }

    @Test(arguments: rows) func `says what a bad value should be, and where`(row: Row) throws {
        let report = report(nested(row.key, row.bad))
        let problem = try #require(report.problems.first { $0.keyPath == row.key })
        let (line, names) = (lineOfValue(row.key), row.key.split(separator: "."))
        let column = (line - 1) * 2 + (names.last?.utf8.count ?? 0) + 3
        #expect(problem.description == "bot.yaml:\(line):\(column): \(row.key): \(row.complaint)")
        #expect(report.settings == nil)
    }

    @Test(arguments: rows, ["null", "~", ""])
    func `nothing behind a key leaves its default`(row: Row, nothing: String) {
        let report = report(nested(row.key, nothing))
        #expect(report.choices == [])
        #expect(report.warnings == [])
    }

    @Test func `nothing behind a section leaves its defaults`() throws {
        let report = report(essentials + "web:\nhealth: null\nprotections:\n  wordlist: ~\n")
        #expect(report.problems == [] && report.warnings == [] && report.notes == [])
        #expect(try #require(report.settings).web.port == 8080)
    }

    private func lineOfValue(_ key: String) -> Int { key.split(separator: ".").count }
}
