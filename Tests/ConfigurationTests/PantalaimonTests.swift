import Configuration
import Moderation
import Observability
import Testing

/// A bot that logs in through Pantalaimon, and a token whose file says what renews it.
@Suite struct PantalaimonTests {
    private static let room = "managementRoom: '!room'\nrawHomeserverUrl: https://a.org\n"

    @Test func `name and password are all that it needs`() throws {
        let report = report(Self.room + "pantalaimon: {use: true, username: bot, password: two words}\n")
        #expect(report.problems == [] && report.warnings == [])
        let settings = try #require(report.settings)
        #expect(settings.pantalaimon.isUsed && settings.accessToken == nil)
        #expect(settings.sessionOrigin == SessionOrigin(homeserver: settings.homeserverURL, username: "bot"))
    }

    @Test(arguments: [
        (
            "pantalaimon: {use: true, password: x}\n",
            "bot.yaml:3:20: pantalaimon.username: expected the name of the bot's account, found none; give the name that is to log"
                + " in through Pantalaimon, or set pantalaimon.use to false"
        ),
        (
            "pantalaimon: {use: true, username: bot}\n",
            "bot.yaml: pantalaimon.password: expected a secret, found none; give the account's password, or"
                + " --pantalaimon-password-path"
        ),
    ])
    func `each is missed by name`(text: String, problem: String) {
        #expect(report(Self.room + text).problemTexts == [problem])
    }

    @Test func `a token beside it is not used, and one address for both is doubtful`() {
        let report = report(essentials + "pantalaimon: {use: true, username: bot, password: x}\n")
        #expect(report.problems == [])
        #expect(report.warnings.map(\.keyPath) == ["rawHomeserverUrl"])
        #expect(report.notes.map(\.keyPath) == ["accessToken"])
    }

    @Test func `what renews a token is read with it, and only with it`() throws {
        let credential = Credential(
            token: Secret("tok"),
            life: TokenLife(issued: 1_000, end: 2_000),
            renewal: .matrix(refreshToken: Secret("refresh"))
        )
        let file = try ScratchFile(credential.fileText)
        let settings = report(Self.room, secrets: SecretFiles(accessToken: file.path)).settings
        #expect(settings?.accessToken == Secret("tok"))
        #expect(settings?.savedCredential == credential)
        let bare = try ScratchFile("tok\nnot ours\n")
        let read = report(Self.room, secrets: SecretFiles(accessToken: bare.path)).settings?.savedCredential
        #expect(read?.renewal == nil)
    }
}
