import MatrixCore
import Moderation
import Observability
import Setup
import TestSupport
import Synchronization
import Testing

/// One answer for bot, setup and doctor: the credential, the password, and where the token is from.
@Suite struct BotSessionFilesTests {
    private static let tokenFile = "/run/credentials/access-token"
    private static let renewed = Credential(token: Secret("mct_new"), user: "@draupnir:example.org")
    private let bench = SetupBench(ScriptedHomeserver())

    private func settings(_ change: (inout BotSettings) -> Void = { _ in }) -> BotSettings {
        var settings = BotSettings()
        settings.homeserverURL = "http://pan"
        settings.dataPath = "/data"
        settings.accessToken = Secret("syt_configured")
        change(&settings)
        return settings
    }

    private func viaPantalaimon(_ settings: inout BotSettings) {
        settings.accessToken = nil
        settings.pantalaimon.isUsed = true
        settings.pantalaimon.username = "bot"
        settings.pantalaimon.password = Secret("pan-password")
    }

    private func files(_ settings: BotSettings, tokenFile: String? = Self.tokenFile) -> BotSessionFiles {
        BotSessionFiles(settings, accessTokenFile: tokenFile, bench)
    }

    private func put(_ text: String, at path: String) { bench.files.withLock { $0[path] = Array(text.utf8) } }

    @Test func `the configured token counts until it was renewed, and a renewal of another one never`() throws {
        let files = files(settings())
        #expect(try files.credential() == Credential(token: Secret("syt_configured")))
        #expect(files.tokenPlace == .file(Self.tokenFile))
        #expect(self.files(settings(), tokenFile: nil).tokenPlace == .configuration)
        for (token, expected) in [("syt_other", "syt_configured"), ("syt_configured", "mct_new")] {
            let origin = SessionOrigin(of: Secret(token))
            try bench.save(SavedSession(origin: origin, credential: Self.renewed), in: "/data")
            #expect(try files.credential()?.token.reveal() == expected)
        }
        #expect(files.tokenPlace == .session("/data/session"))
    }

    @Test func `the original's login through Pantalaimon is gone on with`() throws {
        let files = files(settings(viaPantalaimon))
        #expect(try files.credential() == nil)
        put(#"{"kvStore":{"pantalaimon_access_token":"old"}}"#, at: "/data/bot.json")
        #expect(try files.credential()?.token.reveal() == "old")
        #expect(files.tokenPlace == .pantalaimon)
        #expect(try self.files(settings()).credential()?.token.reveal() == "syt_configured")
    }

    @Test func `doctor acts with the original's login too`() async throws {
        let scratch = try ScratchConfiguration(
            """
            homeserverUrl: http://pan
            dataPath: /data
            managementRoom: "!room:a.org"
            pantalaimon: {use: true, username: bot, password: secret}

            """
        )
        bench.scripted.answersVersions.withLock { $0 = true }
        put(#"{"kvStore":{"pantalaimon_access_token":"old"}}"#, at: "/data/bot.json")
        let facts = await Doctor(bench.tools, configuration: scratch.path).facts()
        #expect(facts.token?.reveal() == "old")
        #expect(bench.scripted.tokens.withLock { $0.map { $0.reveal() } } == ["old"])
    }

    @Test func `the password lies beside the token, and is read anew each time`() {
        let files = files(settings())
        #expect(files.password() == nil)
        put("sesame\n", at: "/run/credentials/account-password")
        #expect(files.password()?.reveal() == "sesame")
        #expect(self.files(settings(), tokenFile: nil).password() == nil)
        #expect(self.files(settings(viaPantalaimon)).password()?.reveal() == "pan-password")
    }

    private static let oauth = Credential.Renewal.oauth(
        refreshToken: Secret("r"),
        clientID: "c",
        tokenEndpoint: "https://auth.example.org/t"
    )

    @Test(
        arguments: [
            ("syt_x", nil, false), ("mat_x", nil, true), ("mct_x", nil, true), ("mpt_x", nil, true),
            ("opaque", oauth, true), ("opaque", .matrix(refreshToken: Secret("r")), false),
        ] as [(String, Credential.Renewal?, Bool)]
    )
    func `where an authentication service gave the token, its account may be locked`(
        _ token: String,
        _ renewal: Credential.Renewal?,
        isTold: Bool
    ) {
        let settings = settings {
            $0.accessToken = Secret(token)
            $0.savedCredential = Credential(token: Secret(token), user: "@draupnir:example.org", renewal: renewal)
        }
        let text = files(settings).rejection(saying: "Not active", configuration: "/c.yaml", cure: "log in anew")
        #expect(
            text == "The homeserver does not accept the access token in \(Self.tokenFile) (Not active): it is wrong,"
                + (isTold
                    ? " has ended, or was revoked, or its account is locked. To go on, log in anew. If the account is"
                        + " locked: run mas-cli manage unlock-user draupnir where the authentication service runs, wait two"
                        + " minutes, then start me again."
                    : " has ended, or was revoked. To go on, log in anew.")
        )
    }
}
