import Configuration
import Moderation
import Testing

@Suite struct ConsistencyTests {
    private static let token = "accessToken: syt_x\n"
    private static let noRoom = "expected managementRoom or initialManager, found neither"
    private static let samePort = "health.healthz.port and web.port are both 8080 on the same address"

    @Test(arguments: [
        (
            "",
            "bot.yaml: managementRoom: \(noRoom); name the room where moderators meet, or set initialManager to your user"
                + " ID to have one made"
        ),
        (
            "managementRoom: #mods:example.org\n",
            "bot.yaml:2:1: managementRoom: \(noRoom); nothing is set here; an alias"
                + " must stand in quotes, since # begins a comment"
        ),
        (
            "managementRoom: https://matrix.to/#/@a:b.org\n",
            "bot.yaml:2:17: managementRoom: expected a room as !id,"
                + " #alias:server or a link to one, found the text “https://matrix.to/#/@a:b.org”; this link leads elsewhere"
                + " than to a room"
        ),
    ])
    func `there must be a management room, or someone to make it for`(text: String, problem: String) {
        #expect(report(Self.token + text).problemTexts == [problem])
    }

    @Test(arguments: [
        ("", "bot.yaml:3:24: acceptInvitesFromSpace: expected a space, found nothing"),
        (
            "acceptInvitesFromSpace: '!noop:example.org'\n",
            "bot.yaml:4:25: acceptInvitesFromSpace: expected a space, found the placeholder of the template"
        ),
        (
            "acceptInvitesFromSpace: '!example:example.org'\n",
            "bot.yaml:4:25: acceptInvitesFromSpace: expected a space, found the placeholder of the template"
        ),
    ])
    func `invitations from a space need the space`(text: String, problem: String) {
        let remedy = "; name the space whose members may invite the bot, or set autojoinOnlyIfManager to true"
        #expect(report(essentials + "autojoinOnlyIfManager: false\n" + text).problemTexts == [problem + remedy])
    }

    @Test func `a space is taken`() {
        #expect(report(essentials + "autojoinOnlyIfManager: false\nacceptInvitesFromSpace: '!s'\n").problems == [])
    }

    @Test(arguments: [
        ("{}", "{}", true), ("{address: localhost}", "{}", true), ("{address: 127.0.0.1}", "{}", true),
        ("{address: 127.0.0.1}", "{address: '::1'}", false), ("{address: 127.0.0.1}", "{address: '::'}", true),
        ("{port: 8081}", "{}", false), ("{enabled: false}", "{}", false), ("{}", "{enabled: false}", false),
    ])
    func `health and web cannot share a port`(health: String, web: String, isProblem: Bool) {
        func on(_ text: String) -> String {
            text.contains("enabled") ? text : text == "{}" ? "{enabled: true}" : "{enabled: true, " + text.dropFirst()
        }
        let report = report(essentials + "health:\n  healthz: \(on(health))\nweb: \(on(web))\n")
        #expect(report.problems.map(\.message) == (isProblem ? [Self.samePort] : []))
    }

    @Test func `a relative data path is explained`() {
        #expect(
            report(essentials + "dataPath: storage/bot\n").warningTexts == [
                "bot.yaml:3:11: dataPath: a relative path starts at the working directory, so this is"
                    + " “/srv/bot/storage/bot”; the original starts at its program's directory; write the path from / on"
            ]
        )
    }

    @Test(arguments: [
        (
            "commands: {symbolPrefixes: []}\n",
            "commands.symbolPrefixes: the list is empty: only messages that begin with the bot's name are commands"
        ),
        (
            "health: {healthz: {enabled: true, unhealthyStatus: 200}}\n",
            "health.healthz.unhealthyStatus: it is the same as healthyStatus, so nobody can tell them apart"
        ),
        (
            "web: {abuseReporting: {enabled: true}}\n",
            "web.abuseReporting.enabled: it has no effect while web.enabled is false"
        ),
        (
            "web: {synapseHTTPAntispam: {enabled: true, authorization: x}}\n",
            "web.synapseHTTPAntispam.enabled: it has no effect while web.enabled is false"
        ),
    ])
    func `what cannot work as meant is told`(text: String, warning: String) throws {
        let report = report(essentials + text)
        #expect(report.problems == [])
        #expect(try #require(report.warningTexts.first).hasSuffix(": " + warning))
        #expect(report.warnings.count == 1)
    }

    @Test(arguments: [
        (
            "protectAllJoinedRooms: true\n", "protectAllJoinedRooms",
            "Rooms that the bot joins are not protected by themselves; each has to be added by a command."
        ),
        ("pollReports: true\n", "pollReports", "Reports are not fetched from Synapse; they do not reach this room."),
        (
            "health: {sentry: {dsn: 'https://k@a.org/1'}}\n", "health.sentry.dsn",
            "Errors are not sent to Sentry; they are in the log."
        ),
        (
            "web: {enabled: true, abuseReporting: {enabled: true}}\n", "web.abuseReporting.enabled",
            "Reports that a proxy forwards are not taken; they do not reach this room."
        ),
        (
            "roomStateBackingStore: {enabled: false}\n", "roomStateBackingStore.enabled",
            "The state of rooms is kept on disk all the same, as the bot enforces from there after a restart."
        ),
        (
            "draupnirNewsURL: https://a.org/n.json\n", "draupnirNewsURL",
            "News from that address is not shown in the management room."
        ),
    ])
    func `what is missing and harmless is named`(text: String, key: String, consequence: String) throws {
        let report = report(essentials + text)
        #expect(report.warnings.map(\.keyPath) == [key])
        let settings = try #require(report.settings)
        #expect(settings.notYetBuilt == [NotYetBuilt(keyPath: key, consequence: consequence)])
    }

    @Test(arguments: [
        (
            "experimentalRustCrypto: true\n",
            "bot.yaml:3:25: experimentalRustCrypto: This version cannot read encrypted rooms, so"
                + " moderators in an encrypted management room would not be heard; set it to false and use a management room"
                + " without encryption"
        ),
        (
            "web: {enabled: true, synapseHTTPAntispam: {enabled: true, authorization: x}}\n",
            "bot.yaml:3:53: web.synapseHTTPAntispam.enabled: This version does not answer Synapse's"
                + " antispam module, which then refuses every invitation and join on the homeserver; set it to false and take"
                + " the module out of Synapse's configuration"
        ),
    ])
    func `what is missing and dangerous to ignore is refused`(text: String, problem: String) {
        #expect(report(essentials + text).problemTexts == [problem])
    }
}
