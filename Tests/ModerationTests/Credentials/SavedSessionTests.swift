import Moderation
import Observability
import Testing

/// The session's file, and when it counts.
@Suite struct SavedSessionTests {
    private let configured = Credential(token: Secret("configured"))

    @Test func `it reads what it has written`() throws {
        let life = TokenLife(issued: 1_000, end: 301_000)
        var credential = try Credential.sample("renewed", life: life)
        credential.renewal = .oauth(refreshToken: Secret("r"), clientID: "c", tokenEndpoint: "https://a.org/token")
        let session = SavedSession(origin: SessionOrigin(of: configured.token), credential: credential)
        #expect(SavedSession(fileText: session.fileText) == session)
        #expect(!session.fileText.contains("configured"), "the token that it began with is told by its digest alone")
    }

    @Test func `it counts as long as the token that it began with is configured`() throws {
        let renewed = try Credential.sample("renewed")
        let session = SavedSession(origin: SessionOrigin(of: configured.token), credential: renewed)
        var settings = BotSettings()
        settings.accessToken = configured.token
        #expect(settings.credential(session) == renewed)
        #expect(settings.credential(nil) == configured)
        settings.accessToken = Secret("new from the operator")
        #expect(settings.credential(session)?.token == settings.accessToken)
    }

    @Test func `a login through Pantalaimon goes by homeserver and name`() {
        var settings = BotSettings()
        settings.pantalaimon.isUsed = true
        settings.pantalaimon.username = "bot"
        settings.accessToken = Secret("not used")
        #expect(settings.credential(nil) == nil)
        let session = SavedSession(
            origin: SessionOrigin(homeserver: settings.homeserverURL, username: "bot"),
            credential: configured
        )
        #expect(settings.credential(session) == configured)
        settings.pantalaimon.username = "other"
        #expect(settings.credential(session) == nil)
    }

    @Test(arguments: ["", "\n", "syt_token\n", "sha256:00\ntoken\n", "no digest\ntoken\n{}\n"])
    func `anything else is no session`(text: String) { #expect(SavedSession(fileText: text) == nil) }

    @Test func `half of a file is no session, or a token without the rest`() throws {
        let session = SavedSession(origin: SessionOrigin(of: configured.token), credential: try .sample("renewed"))
        for count in 0..<session.fileText.utf8.count - 1 {
            let part = SavedSession(fileText: String(session.fileText.prefix(count)))
            #expect(part == nil || part?.credential.renewal == nil)
        }
    }

    @Test(arguments: [Int64.min, 0, .max], [Int64.min, 0, .max])
    func `no number that a file or a server gives overflows`(issued: Int64, end: Int64) {
        for life in [TokenLife(issued: issued, end: end), TokenLife(issued: issued, lasting: .milliseconds(end))] {
            #expect(life.issued <= life.renewalDue && life.renewalDue <= life.warningDue)
            #expect(life.warningDue <= life.end)
        }
    }
}
