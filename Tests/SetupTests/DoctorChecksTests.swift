import JSON
import MatrixCore
import Moderation
import Observability
import Setup
import Testing

/// Each check with the facts that make it speak up.
@Suite struct DoctorChecksTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: String
        let grade: CheckResult.Grade
        let change: @Sendable (inout DoctorFacts) throws -> Void

        init(
            _ code: String,
            _ grade: CheckResult.Grade,
            _ name: String,
            _ change: @escaping @Sendable (inout DoctorFacts) throws -> Void
        ) {
            testDescription = "\(code): \(name)"
            self.code = code
            self.grade = grade
            self.change = change
        }
    }

    private static let bot = "@bot:a.org"
    private static let boss = "@boss:a.org"

    /// A bot with which all is well: it protects one room by one list.
    static func sound() throws -> DoctorFacts {
        var settings = BotSettings()
        settings.homeserverURL = "https://a.org"
        settings.rawHomeserverURL = "https://a.org"
        settings.accessToken = Secret("syt_token")
        settings.health.isEnabled = true
        settings.managementRoom = .room(RoomReference(try room("!m:a.org")))
        let read = ReadConfiguration(settings: settings, partial: settings, problems: [], warnings: [])
        var facts = DoctorFacts(configurationPath: "c.yaml", configuration: read)
        facts.tokenPlace = .file("token")
        facts.token = settings.accessToken
        facts.server = ServerFacts(
            baseURL: "https://a.org",
            flavour: .synapse,
            version: "1.163.2",
            loginFlows: [LoginFlow("m.login.password")]
        )
        facts.identity = Identity(user: try user(bot), device: "DEVICE")
        facts.devices = [AccountDevice(id: "DEVICE", name: "Draupnir")]
        facts.devicesWithKeys = []
        facts.isAdmin = false
        facts.doesAdminTokenWork = true
        facts.record = AccountRecord()
        facts.rateLimit = .lifted
        facts.hasStateAfter = true
        facts.managementRoom = try room("!m:a.org")
        facts.rooms[try room("!m:a.org")] = try picture(
            "!m:a.org",
            levels: users((bot, 100)),
            members: [(bot, "join"), (boss, "join")],
            [("m.room.join_rules", ["join_rule": "invite"])]
        )
        facts.rooms[try room("!l:a.org")] = try picture("!l:a.org", levels: users((bot, 100)), members: [(bot, "join")])
        facts.rooms[try room("!p:a.org")] = try picture("!p:a.org", levels: users((bot, 100)), members: [(bot, "join")])
        facts.protected = [try room("!p:a.org"), try room("!l:a.org")]
        let list = RoomReference(try room("!l:a.org"))
        facts.watched = [list]
        facts.listRooms = [list: try room("!l:a.org")]
        facts.joined = Set(facts.rooms.keys)
        facts.protectedBefore = Set(facts.protected)
        return facts
    }

    private static func place(_ picture: RoomPicture, _ facts: inout DoctorFacts) {
        facts.rooms[picture.room] = picture
    }
    private static func rules(_ contents: [JSONValue], type: String = "m.policy.rule.user") throws -> RoomPicture {
        try picture("!l:a.org", levels: users((bot, 100)), members: [(bot, "join")], contents.map { (type, $0) })
    }

    /// What can be known there, and no more.
    private static func dendrite(_ facts: inout DoctorFacts, isAdmin: Bool = false) {
        facts.server?.flavour = .dendrite
        facts.server?.version = "0.15.2"
        facts.isAdmin = isAdmin
        facts.doesAdminTokenWork = nil
        facts.record = nil
        facts.rateLimit = isAdmin ? .lifted : nil
        facts.hasStateAfter = nil
    }

    @Test func `on Dendrite only the limits are in question, and of an admin's bot its rights`() throws {
        var facts = try Self.sound()
        Self.dendrite(&facts)
        let results = facts.results
        #expect(results.filter { $0.grade != .ok }.map(\.code) == ["RL-1"])
        let limits = try #require(results.first { $0.code == "RL-1" })
        #expect(limits.cure.contains("    draupnir ratelimit disable --homeserver-config dendrite.yaml"))
        let software = try #require(results.first { $0.code == "NET-5" })
        #expect(software.cause.contains("no MSC4222 (rooms are read anew after a gap)"))
        #expect(software.cause.contains("tokens neither end nor are renewed"))
        let all = results.flatMap { [$0.cause] + $0.cure }.joined(separator: "\n")
        #expect(!all.contains("/_synapse/admin/v1/users"))
        Self.dendrite(&facts, isAdmin: true)
        #expect(facts.results.filter { $0.grade != .ok }.map(\.code) == ["ADM-5"])
    }

    @Test func `with a sound bot every check is green, and there are at least forty`() throws {
        let results = try Self.sound().results
        #expect(results.filter { $0.grade != .ok } == [])
        #expect(Set(results.map(\.code)).count >= 50)
    }

    static let cases: [Case] = [
        Case("OS-1", .fail, "storage that cannot be written") { $0.isStorageWritable = false },
        Case("OS-1", .warn, "a full disk") { $0.freeSpace = 1 << 20 },
        Case("OS-2", .fail, "a wrong key") { $0.configuration.problems = ["c.yaml:1:1: x"] },
        Case("OS-2", .warn, "an unknown key") { $0.configuration.warnings = ["c.yaml:1:1: unknown key"] },
        Case("OS-3", .fail, "a placeholder") { $0.token = Secret("YOUR_TOKEN_HERE") },
        Case("OS-4", .warn, "no health") { $0.settings.health.isEnabled = false },
        Case("NET-1", .fail, "nobody there") {
            $0.server = nil
            $0.serverFailure = ServerFailure("GET /versions", .nobodyThere("refused"))
        },
        Case("NET-1", .warn, "plain HTTP") { $0.settings.homeserverURL = "http://a.org" },
        Case("NET-2", .warn, "two addresses") { $0.settings.rawHomeserverURL = "https://b.org" },
        Case("NET-2", .warn, "Pantalaimon") {
            $0.settings.pantalaimon.isUsed = true
            $0.settings.rawHomeserverURL = $0.settings.homeserverURL
        },
        Case("NET-3", .warn, "a hidden admin API") { $0.server?.flavour = .other },
        Case("NET-4", .warn, "a wrong clock") { $0.server?.versions.clockSkew = .seconds(-90) },
        Case("NET-4", .warn, "a slow server") { $0.identityLatency = .seconds(3) },
        Case("NET-5", .warn, "MSC4222 off") { $0.hasStateAfter = false },
        Case("RL-1", .warn, "Dendrite, which does not tell") { dendrite(&$0) },
        Case("ADM-1", .warn, "polling reports of Dendrite without the rights") {
            dendrite(&$0)
            $0.settings.reports.polls = true
        },
        Case("ADM-4", .fail, "the same") {
            dendrite(&$0)
            $0.settings.reports.polls = true
        },
        Case("ADM-4", .fail, "taking rooms over on Dendrite, which nobody can") {
            dendrite(&$0, isAdmin: true)
            $0.settings.enablesMakeRoomAdminCommand = true
        },
        Case("TOK-1", .fail, "a dead token") {
            $0.identity = nil
            $0.identityFailure = ServerFailure("GET", .refused(status: 401, code: "M_UNKNOWN_TOKEN", message: ""))
        },
        Case("TOK-2", .fail, "a short-lived token") { $0.token = Secret("mat_x") },
        Case("TOK-2", .warn, "an unknown token under delegation") {
            $0.token = Secret("abc")
            $0.server?.authentication = AuthenticationMetadata(issuer: "https://auth")
        },
        Case("TOK-3", .fail, "a device unknown to Synapse") {
            $0.server?.authentication = AuthenticationMetadata(issuer: "https://auth")
            $0.identity = nil
            $0.identityFailure = ServerFailure("GET", .refused(status: 401, code: "M_UNKNOWN_TOKEN", message: ""))
        },
        Case("TOK-4", .warn, "a client's device") { $0.devices = [AccountDevice(id: "DEVICE", name: "Element")] },
        Case("TOK-5", .warn, "another device at work") {
            $0.nowMilliseconds = 1_000_000
            $0.devices?.append(AccountDevice(id: "OTHER", name: "old", lastSeenMilliseconds: 900_000))
        },
        Case("TOK-6", .fail, "an open file") { $0.sharedFiles = [SharedFile("token")] },
        Case("TOK-6", .fail, "a token with a blank") { $0.token = Secret("syt_a b") },
        Case("TOK-7", .fail, "a refresh token") { $0.token = Secret("mcr_x") },
        Case("TOK-7", .fail, "is not a session") {
            $0.sessionFailure = FileFailure("/data/session", "is not a session: it is damaged, or of another program")
        },
        Case("TOK-8", .warn, "a personal token") { $0.token = Secret("mpt_x") },
        Case("ACC-3", .warn, "a client's keys") { $0.devicesWithKeys = ["DEVICE"] },
        Case("ACC-4", .fail, "unreadable account data") { $0.unreadableData = ["x"] },
        Case("ACC-5", .fail, "a suspended account") { $0.record?.isSuspended = true },
        Case("ACC-5", .fail, "a deactivated account") { $0.record?.isDeactivated = true },
        Case("ACC-4", .fail, "account data that is not told") {
            $0.accountDataFailure = ServerFailure("GET", .trouble(status: 500, "oops"))
        },
        Case("ACC-5", .fail, "a guest") { $0.identity?.isGuest = true },
        Case("ADM-1", .warn, "no rights for what needs them") {
            $0.doesAdminTokenWork = nil
            $0.settings.enablesMakeRoomAdminCommand = true
        },
        Case("ADM-2", .warn, "an old token") {
            $0.record?.isAdmin = true
        },
        Case("ADM-3", .warn, "an application service under delegation") {
            $0.record?.appservice = "bot"
            $0.server?.authentication = AuthenticationMetadata(issuer: "https://auth")
            $0.doesAdminTokenWork = nil
        },
        Case("ADM-4", .fail, "a feature without rights") {
            $0.doesAdminTokenWork = nil
            $0.settings.reports.polls = true
        },
        Case("ADM-5", .warn, "too much power") { $0.isAdmin = true },
        Case("RL-1", .warn, "usual limits") { $0.rateLimit = .usual },
        Case("RL-1", .warn, "limits that cannot be read") { $0.rateLimit = nil },
        Case("RL-2", .warn, "an override that is no exemption") { $0.rateLimit = .changed(perSecond: 5, burst: 10) },
        Case("RL-3", .warn, "many rooms under limits") {
            $0.rateLimit = .usual
            $0.protected = try (0..<30).map { try room("!\($0):a.org") }
        },
        Case("RL-4", .warn, "nobody to change limits") {
            $0.rateLimit = nil
            $0.doesAdminTokenWork = nil
        },
        Case("RL-5", .warn, "a proxy that limits") { $0.proxyRefusals = 4 },
        Case("MR-1", .fail, "a dead alias") {
            $0.managementRoom = nil
            $0.managementRoomFailure = ServerFailure("GET", .refused(status: 404, code: "M_NOT_FOUND", message: "no"))
        },
        Case("MR-2", .fail, "not in the room") { $0.rooms[try room("!m:a.org")] = nil },
        Case("MR-3", .fail, "no power") {
            place(try picture("!m:a.org", levels: users((bot, 0)), members: [(bot, "join")]), &$0)
        },
        Case("MR-4", .fail, "a public room") {
            let rule: JSONValue = ["join_rule": "public"]
            place(
                try picture(
                    "!m:a.org",
                    levels: users((bot, 100)),
                    members: [(bot, "join")],
                    [("m.room.join_rules", rule)]
                ),
                &$0
            )
        },
        Case("MR-5", .fail, "an encrypted room") {
            place(
                try picture(
                    "!m:a.org",
                    levels: users((bot, 100)),
                    members: [(bot, "join")],
                    [("m.room.encryption", [:])]
                ),
                &$0
            )
        },
        Case("MR-6", .fail, "a replaced room") {
            place(
                try picture(
                    "!m:a.org",
                    levels: users((bot, 100)),
                    members: [(bot, "join")],
                    [("m.room.tombstone", [:])]
                ),
                &$0
            )
        },
        Case("MR-7", .warn, "an invitation not accepted") {
            place(try picture("!m:a.org", levels: users((bot, 100)), members: [(bot, "join"), (boss, "invite")]), &$0)
        },
        Case("MR-7", .fail, "nobody there") {
            place(try picture("!m:a.org", levels: users((bot, 100)), members: [(bot, "join")]), &$0)
        },
        Case("MR-8", .warn, "another bot") {
            let members = [(bot, "join"), ("@mjolnir:a.org", "join")]
            place(try picture("!m:a.org", levels: users((bot, 100)), members: members), &$0)
        },
        Case("RM-1", .fail, "not in a protected room") { $0.joined?.remove(try room("!p:a.org")) },
        Case("RM-1", .warn, "in a room that is not protected") { $0.joined?.insert(try room("!x:a.org")) },
        Case("RM-2", .fail, "no power") { place(try picture("!p:a.org", levels: users((bot, 0))), &$0) },
        Case("RM-5", .fail, "a room that cannot be read") {
            $0.roomFailures[try room("!p:a.org")] = ServerFailure(
                "GET",
                .refused(status: 403, code: "M_FORBIDDEN", message: "no")
            )
        },
        Case("RM-6", .warn, "another's server ACL") {
            place(try picture("!p:a.org", levels: users((bot, 100)), [("m.room.server_acl", ["allow": ["*"]])]), &$0)
        },
        Case("RM-7", .warn, "a space") {
            let create = StateEvent(type: .create, key: "", sender: try user(boss), content: ["type": "m.space"])
            let levels = StateEvent(type: .powerLevels, key: "", sender: nil, content: users((bot, 100)))
            place(RoomPicture(try room("!p:a.org"), [create, levels]), &$0)
        },
        Case("RM-8", .fail, "protected rooms lost") { $0.protectedBefore?.insert(try room("!gone:a.org")) },
        Case("PL-1", .warn, "no list") { $0.watched = [] },
        Case("PL-1", .warn, "no list to write to") { place(try picture("!l:a.org", levels: users((bot, 0))), &$0) },
        Case("PL-2", .fail, "a rule on a moderator") {
            place(try rules([["entity": "@boss:*", "recommendation": "m.ban"]]), &$0)
        },
        Case("PL-2", .fail, "a rule on the own server") {
            place(try rules([["entity": "A.org", "recommendation": "m.ban"]], type: "m.policy.rule.server"), &$0)
        },
        Case("PL-3", .warn, "a large server ACL") {
            let deny = JSONValue.array((0..<4_000).map { .string("server-\($0).example") })
            place(try picture("!p:a.org", levels: users((bot, 100)), [("m.room.server_acl", ["deny": deny])]), &$0)
        },
        Case("PL-4", .warn, "an unknown recommendation") {
            place(try rules([["entity": "@x:b.org", "recommendation": "fi.mau.meowlnir.unban"]]), &$0)
        },
        Case("PL-5", .fail, "a list that is not there") { $0.listRooms = [:] },
        Case("PL-5", .warn, "a replaced list") {
            place(
                try picture(
                    "!l:a.org",
                    levels: users((bot, 100)),
                    [("m.room.tombstone", ["replacement_room": "!n:a.org"])]
                ),
                &$0
            )
        },
        Case("PL-6", .warn, "frequent reasons that redact nothing") {
            place(
                try rules(
                    (0..<5).map {
                        ["entity": .string("@x\($0):b.org"), "recommendation": "m.ban", "reason": "crypto scam"]
                    }
                ),
                &$0
            )
        },
        Case("E2E-1", .fail, "both would decrypt") {
            $0.settings.pantalaimon.isUsed = true
            $0.settings.usesRustCrypto = true
        },
        Case("E2E-2", .fail, "crypto") { $0.settings.usesRustCrypto = true },
        Case("E2E-7", .warn, "an encrypted room") {
            place(try picture("!p:a.org", levels: users((bot, 100)), [("m.room.encryption", [:])]), &$0)
        },
        Case("HK-2", .fail, "the module without a server") { $0.settings.web.usesAntispam = true },
        Case("HK-6", .warn, "reports") { $0.settings.reports.polls = true },
    ]

    @Test(arguments: cases)
    func `speaks up`(_ test: Case) throws {
        var facts = try Self.sound()
        try test.change(&facts)
        let results = facts.results.filter { $0.code == test.code }
        let worst = try #require(results.max { $0.grade < $1.grade })
        #expect(worst.grade == test.grade, "\(results)")
        #expect(!worst.cure.isEmpty)
        #expect(!worst.object.isEmpty && !worst.cause.isEmpty)
    }

    @Test(arguments: [Int64.min, Int64.min + 1, -1, 0, Int64.max])
    func `whatever a server says of a device's last use is only compared`(_ lastSeen: Int64) throws {
        var facts = try Self.sound()
        facts.nowMilliseconds = 1_800_000_000_000
        facts.devices?.append(AccountDevice(id: "OTHER", name: nil, lastSeenMilliseconds: lastSeen))
        #expect(facts.results.first { $0.code == "TOK-5" }?.grade == (lastSeen == .max ? .warn : .ok))
    }

    @Test func `limits are mended only where a credential allows it`() throws {
        var facts = try Self.sound()
        facts.rateLimit = .usual
        #expect(facts.results.first { $0.code == "RL-1" }?.fix == .liftRateLimit(try user(Self.bot)))
        facts.doesAdminTokenWork = nil
        #expect(facts.results.first { $0.code == "RL-1" }?.fix == nil)
    }

    @Test func `a result is one JSON object`() throws {
        var facts = try Self.sound()
        facts.sharedFiles = [SharedFile("/etc/token")]
        let result = try #require(facts.results.first { $0.code == "TOK-6" })
        #expect(
            result.json == [
                "code": "TOK-6", "result": "fail", "object": "/etc/token",
                "cause": "other accounts of this machine can read this file", "cure": "chmod 600 /etc/token",
                "fixable": true,
            ]
        )
    }
}
