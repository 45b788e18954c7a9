import Configuration
import Moderation
import Observability
import Testing

@Suite struct SecretTests {
    private static let room = "managementRoom: '!room'\n"

    @Test(arguments: [("tok\n", "tok"), ("tok\r\nrest", "tok"), ("tok", "tok"), ("tok\rx", "tok"), ("tok\n\n", "tok")])
    func `the first line of a file is the secret`(content: String, secret: String) throws {
        let file = try ScratchFile(content)
        let report = report(Self.room + "accessToken: NONE_PROVIDED\n", secrets: SecretFiles(accessToken: file.path))
        #expect(report.problems == [] && report.warnings == [] && report.notes == [])
        #expect(report.settings?.accessToken?.reveal() == secret)
    }

    @Test func `each file goes to its key`() throws {
        let files = try [ScratchFile("one"), ScratchFile("two words"), ScratchFile("three")]
        let secrets = SecretFiles(
            accessToken: files[0].path,
            pantalaimonPassword: files[1].path,
            antispamAuthorization: files[2].path
        )
        let settings = report(Self.room, secrets: secrets).settings
        #expect(settings?.accessToken?.reveal() == "one")
        #expect(settings?.pantalaimon.password?.reveal() == "two words")
        #expect(settings?.web.antispamAuthorization?.reveal() == "three")
    }

    @Test func `blanks are trimmed, and others who may read the file are named`() throws {
        let file = try ScratchFile(" \ttok \n", mode: 0o640)
        let report = report(Self.room, secrets: SecretFiles(accessToken: file.path))
        #expect(report.settings?.accessToken?.reveal() == "tok")
        #expect(
            report.warningTexts == [
                "\(file.path): accessToken: its group may read this file; run chmod 600 on it, unless the bot reads it by that group",
                "\(file.path): accessToken: blanks around the secret were taken off; remove them from the file",
            ]
        )
    }

    @Test(arguments: [
        ("", "expected the secret in the first line, found an empty line"),
        ("\ntok\n", "expected the secret in the first line, found an empty line"),
        ("   \n", "expected the secret in the first line, found an empty line"),
        ("to\0k", "expected text, found bytes that are none"),
        (
            "none_provided\n",
            "expected a secret, found the placeholder of a template; paste the access token of the bot's"
                + " account, or give --access-token-path"
        ),
        (
            "hunter 2\n",
            "expected a secret of visible ASCII characters, found a blank, a control or a letter that no token"
                + " has; paste the access token of the bot's account, or give --access-token-path"
        ),
        (
            String(repeating: "x", count: 100_000),
            "expected at most 65536 bytes, found more; the first line of this file is"
                + " to be the secret"
        ),
    ])
    func `a file without a usable secret is refused by name`(content: String, complaint: String) throws {
        let file = try ScratchFile(content)
        // The stale token of the document must not be used instead.
        let report = report(essentials, secrets: SecretFiles(accessToken: file.path))
        #expect(report.problemTexts == ["\(file.path): accessToken: \(complaint)"])
    }

    @Test func `a secret file that is missing is refused by name`() {
        let report = report(essentials, secrets: SecretFiles(accessToken: "/nowhere/token"))
        #expect(
            report.problemTexts == [
                "/nowhere/token: accessToken: there is no such file; the first line of this file is to be the secret"
            ]
        )
    }

    @Test func `a token in both places is told`() throws {
        let file = try ScratchFile("tok")
        let report = report(essentials, secrets: SecretFiles(accessToken: file.path))
        #expect(report.noteTexts == ["bot.yaml:1:14: accessToken: not used: “\(file.path)” is read instead"])
    }

    @Test(arguments: [
        ("", "bot.yaml: accessToken: expected a secret, found none"),
        ("accessToken:\n", "bot.yaml:2:1: accessToken: expected a secret, found none"),
        ("accessToken: ''\n", "bot.yaml:2:14: accessToken: expected a secret, found an empty text"),
        (
            "accessToken: YOUR_TOKEN_HERE\n",
            "bot.yaml:2:14: accessToken: expected a secret, found the placeholder of a template"
        ),
        (
            "accessToken: NONE_PROVIDED\n",
            "bot.yaml:2:14: accessToken: expected a secret, found the placeholder of a template"
        ),
        (
            "accessToken: \"tok\\r\\nX-A: b\"\n",
            "bot.yaml:2:14: accessToken: expected a secret of visible ASCII characters,"
                + " found a blank, a control or a letter that no token has"
        ),
    ])
    func `no token, or that of a template, is refused`(text: String, problem: String) {
        let remedy = "; paste the access token of the bot's account, or give --access-token-path"
        #expect(report(Self.room + text).problemTexts == [problem + remedy])
    }

    @Test(arguments: ["", ", authorization: DEFAULT", ", authorization: ''"])
    func `the antispam module needs a secret of its own`(authorization: String) {
        let text = "web: {synapseHTTPAntispam: {enabled: true\(authorization)}}\n"
        let problems = report(essentials + text).problems
        #expect(problems.map(\.keyPath) == ["web.synapseHTTPAntispam.authorization"])
        #expect(problems.first?.remedy == "set it to a long random text, the same as in Synapse's configuration")
    }

    /// Each document goes wrong around its secret in another way.
    @Test(arguments: [
        "accessToken: HUNTER2 x\n", "accessToken: [HUNTER2]\n", "accessToken: *HUNTER2\n", "accessToken: !HUNTER2 x\n",
        "accessToken: !HUNTER2\n", "accessToken: {HUNTER2: x}\n", "accesToken: HUNTER2\n",
        "pantalaimon: {password: *HUNTER2}\n",
        "pantalaimon: {password: HUNTER2, use: true}\n", "pantalaimon: HUNTER2\n", "password: *HUNTER2\n",
        "health: {sentry: {dsn: https://HUNTER2@a.org/1}}\n", "health: {sentry: {dsn: *HUNTER2}}\n",
        "homeserverUrl: https://bot:HUNTER2@example.org\n", "draupnirNewsURL: ftp://bot:HUNTER2@example.org\n",
        "managementRoom: syt_HUNTER2\n", "managementRoom: mpt_HUNTER2\n", "managementRoom: syr_HUNTER2\n",
        "accessToken: &HUNTER2 x\n", "accessToken: [HUNTER2\n",
        "accessToken: \"HUNTER2\n",
        "web: {synapseHTTPAntispam: {enabled: true, authorization: HUNTER2 x}}\n", "accessToken: HUNTER2: x\n",
        "accessToken: HUNTER2\naccessToken: HUNTER2\n", "accessToken: >HUNTER2\n", "accessToken: @HUNTER2\n",
        "accessToken: %HUNTER2\n", "accessToken: `HUNTER2`\n", "accessToken: 'HUNTER2\n", "accessToken: |HUNTER2\n",
        "{accessToken:HUNTER2}\n", "{accessToken:HUNTER2, accessToken:HUNTER2}\n", "{\"accessToken=HUNTER2\": 1}\n",
        "{syt_HUNTER2: x, syt_HUNTER2: [*a]}\n", "accessToken:HUNTER2\n", "web: {? \"token HUNTER2\" : {a: *b}}\n",
    ])
    func `no text of a report holds a secret`(document: String) {
        let report = report(document)
        var dumped = ""
        dump(report, to: &dumped)
        let isInMemory = dumped.contains("HUNTER2")
        #expect(!isInMemory)
        #expect(!report.text.contains("HUNTER2"))
        #expect(!"\(report)".contains("HUNTER2"))
        #expect(!String(reflecting: report.settings).contains("HUNTER2"))
    }

    @Test func `settings with every secret do not print them`() throws {
        let document =
            essentials + """
                pantalaimon: {password: HUNTER2}
                health: {sentry: {dsn: HUNTER2}}
                web: {synapseHTTPAntispam: {authorization: HUNTER2}}

                """
        let settings = try #require(report(document).settings)
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(settings.pantalaimon.password?.reveal() == "HUNTER2")
        #expect(!dumped.contains("HUNTER2") && !dumped.contains("syt_essential"))
        #expect(!"\(settings)".contains("HUNTER2") && !"\(settings)".contains("syt_essential"))
    }
}
