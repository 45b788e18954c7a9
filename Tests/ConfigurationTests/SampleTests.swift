import Configuration
import MatrixCore
import Moderation
import Observability
import Testing

@Suite struct SampleTests {
    /// Every key, as an operator of the original would have it.
    static let everything = """
        # The homeserver
        homeserverUrl: "https://matrix.example.org"
        rawHomeserverUrl: "https://matrix.example.org"
        accessToken: "syt_Ym90_QWxhZGRpbg_3x9Kd2"
        pantalaimon:
          use: false
          username: draupnir
          password: your_password
        experimentalRustCrypto: false
        dataPath: "/data/storage"
        autojoinOnlyIfManager: true
        acceptInvitesFromSpace: "!example:example.org"
        recordIgnoredInvites: false
        managementRoom: "#moderators:example.org"
        # initialManager: "@admin:example.org"
        logLevel: "INFO"
        logMutedModules: ["MatrixHttpClient", "MatrixClientLite"]
        verifyPermissionsOnStartup: true
        noop: false
        disableServerACL: false
        automaticallyRedactForReasons:
          - "spam"
          - "advertising"
        protectAllJoinedRooms: false
        backgroundDelayMS: 500
        pollReports: false
        displayReports: true
        admin:
          enableMakeRoomAdminCommand: false
        commands:
          allowNoPrefix: false
          symbolPrefixes:
            - "!"
          additionalPrefixes:
            - "draupnir-bot"
            - "draupnir_bot"
          features:
            - synapse admin
          ban:
            defaultReasons: ["spam", "brigading", "harassment", "disagreement"]
        safeMode:
          bootOption: RecoveryOnly
        protections:
          wordlist:
            words:
              - "LoReM"
              - "IpSuM"
            minutesBeforeTrusting: 20
          newJoinerProtection:
            serverNames: ["matrix.example.net"]
            banMessage: "Not at the moment."
        draupnirNewsURL: >-
          https://raw.example.org/apps/draupnir/src/protections/DraupnirNews/news.json
        health:
          healthz:
            enabled: true
            port: 8080
            address: "0.0.0.0"
            endpoint: "/healthz"
            healthyStatus: 200
            unhealthyStatus: 418
          sentry:
            # dsn: "https://…"
            tracesSampleRate: 0.5
        web:
          enabled: false
          port: 8080
          address: localhost
          abuseReporting:
            enabled: false
          synapseHTTPAntispam:
            enabled: false
            authorization: DEFAULT
        roomStateBackingStore:
          enabled: true

        """

    @Test func `a full file loads clean`() throws {
        let report = report(Self.everything)
        #expect(report.problemTexts == [])
        #expect(report.warningTexts == [])
        #expect(
            report.notes.map(\.keyPath) == [
                "recordIgnoredInvites", "logMutedModules", "verifyPermissionsOnStartup", "commands.features",
                "health.healthz.endpoint",
            ]
        )
        let settings = try #require(report.settings)
        #expect(settings.homeserverURL == "https://matrix.example.org")
        #expect(settings.accessToken?.reveal() == "syt_Ym90_QWxhZGRpbg_3x9Kd2")
        #expect(
            settings.managementRoom == .room(RoomReference(.alias(try RoomAlias(parsing: "#moderators:example.org"))))
        )
        #expect(settings.commands.additionalPrefixes == ["draupnir-bot", "draupnir_bot"])
        #expect(settings.protections.newJoinerServerNames == [try ServerName(parsing: "matrix.example.net")])
        #expect(settings.backgroundDelay == .milliseconds(500))
        #expect(settings.health.isEnabled)
        #expect(settings.notYetBuilt == [])
    }

    @Test func `the sample has every key but the manager and the address of Sentry`() {
        let missing = ConfigurationKey.all.map(\.path).filter { path in
            let name = path.split(separator: ".").last.map(String.init) ?? path
            return !Self.everything.split(separator: "\n")
                .contains { $0.drop(while: { $0 == " " }).hasPrefix(name + ":") }
        }
        #expect(missing == ["initialManager", "health.sentry.dsn"])
    }

    @Test(arguments: [essentials, "\u{FEFF}" + essentials, essentials.split(separator: "\n").joined(separator: "\r\n")])
    func `the least that will do is a token and a room, with or without BOM and CR`(text: String) throws {
        let report = report(text)
        #expect(report.problemTexts == [] && report.warnings == [] && report.notes == [])
        #expect(report.choices.map(\.keyPath) == ["accessToken", "managementRoom"])
        #expect(try #require(report.settings).homeserverURL == "http://localhost:8008")
    }

    @Test func `a manager stands for a room that is to be made`() throws {
        let report = report("accessToken: syt_x\ninitialManager: '@a:example.org'\n")
        #expect(try #require(report.settings).managementRoom == .madeFor(try UserID(parsing: "@a:example.org")))
    }
}
