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

    @Test func `every value goes where it belongs`() throws {
        let document = """
            homeserverUrl: https://a.org
            rawHomeserverUrl: https://b.org
            accessToken: syt_x
            pantalaimon: {use: false, username: name, password: pass}
            dataPath: /srv
            managementRoom: "!m"
            autojoinOnlyIfManager: false
            acceptInvitesFromSpace: "!s"
            logLevel: ERROR
            disableServerACL: true
            noop: true
            automaticallyRedactForReasons: [reason]
            protectAllJoinedRooms: true
            backgroundDelayMS: 7
            pollReports: true
            displayReports: false
            admin: {enableMakeRoomAdminCommand: true}
            commands: {allowNoPrefix: true, symbolPrefixes: ["?"], additionalPrefixes: [bot], ban: {defaultReasons: [why]}}
            safeMode: {bootOption: Never}
            protections:
              wordlist: {words: [word], minutesBeforeTrusting: 3}
              newJoinerProtection: {serverNames: [c.org], banMessage: no}
            draupnirNewsURL: https://d.org/
            health:
              healthz: {enabled: true, port: 81, address: 127.0.0.1, healthyStatus: 201, unhealthyStatus: 501}
              sentry: {dsn: sentry, tracesSampleRate: 0.25}
            web:
              enabled: true
              port: 82
              address: 127.0.0.2
              abuseReporting: {enabled: true}
              synapseHTTPAntispam: {authorization: bearer}
            roomStateBackingStore: {enabled: false}

            """
        let report = report(document)
        #expect(report.problemTexts == [])
        let settings = try #require(report.settings)
        #expect(settings.homeserverURL == "https://a.org" && settings.rawHomeserverURL == "https://b.org")
        #expect(settings.accessToken == Secret("syt_x") && settings.pantalaimon.password == Secret("pass"))
        #expect(settings.pantalaimon.username == "name")
        #expect(settings.dataPath == "/srv")
        #expect(settings.managementRoom == .room(RoomReference(try RoomID(parsing: "!m"))))
        #expect(!settings.invitations.onlyFromManagers)
        #expect(settings.invitations.acceptFromSpace == RoomReference(try RoomID(parsing: "!s")))
        #expect(settings.logLevel == .error)
        #expect(settings.disablesServerACL && settings.isDryRun)
        #expect(settings.automaticallyRedactForReasons == ["reason"])
        #expect(settings.backgroundDelay == .milliseconds(7))
        #expect(!settings.reports.displays)
        #expect(settings.enablesMakeRoomAdminCommand && settings.commands.allowsNoPrefix)
        #expect(settings.commands.symbolPrefixes == ["?"] && settings.commands.additionalPrefixes == ["bot"])
        #expect(settings.commands.defaultBanReasons == ["why"])
        #expect(settings.safeModeBoot == .never)
        #expect(settings.protections.wordListWords == ["word"])
        #expect(settings.protections.wordListMinutesBeforeTrusting == 3)
        #expect(settings.protections.newJoinerServerNames == [try ServerName(parsing: "c.org")])
        #expect(settings.protections.newJoinerBanMessage == "no")
        #expect(settings.health.isEnabled && settings.health.port == 81 && settings.health.address == "127.0.0.1")
        #expect(settings.health.healthyStatus == 201 && settings.health.unhealthyStatus == 501)
        #expect(settings.health.sentryDSN == Secret("sentry") && settings.health.sentryTracesSampleRate == 0.25)
        #expect(settings.web.isEnabled && settings.web.port == 82 && settings.web.address == "127.0.0.2")
        #expect(settings.web.acceptsAbuseReports && !settings.web.usesAntispam)
        #expect(settings.web.antispamAuthorization == Secret("bearer"))
        #expect(settings.newsURL == "https://d.org/")
        #expect(
            settings.notYetBuilt.map(\.keyPath) == [
                "protectAllJoinedRooms", "roomStateBackingStore.enabled", "draupnirNewsURL", "pollReports",
                "health.sentry.dsn", "web.abuseReporting.enabled",
            ]
        )
    }
}
