import BotHarness
import JSON
import MatrixCore
import Moderation
import Protections
import SimulatedHomeserver
import TestSupport

/// One seeded run: people, rules, faults and crashes, in an order that the seed alone decides.
final class Simulation {
    let village: Village
    let dice: FaultDice
    private(set) var trace: [String] = []
    private var numbers: SeededNumbers
    private var isRunning = false
    /// The rules that people wrote, redacted ones too.
    private(set) var written: [EventID: Rules.Rule] = [:]
    /// Sometimes in the management room, and spared as long as that is so.
    static let helper: UserID = "@helper:helper.org"
    static let users: [UserID] =
        [
            "@eve:evil.org", "@mallory:evil.org", "@trudy:evil.org", "@K:bad.org", "@\u{212A}:bad.org", "@:bad.org",
            "@alice:b.org", "@bob:b.org", "@carol:a.org", helper,
        ]

    init(seed: UInt64) async throws {
        numbers = SeededNumbers(seed: seed)
        dice = FaultDice(seed: seed &+ 1)
        var settings = numbers
        let stateAfter = settings.one(of: [SimulationSettings.StateAfter.unknown, .unstable, .stable])
        let timelineLimit = settings.one(of: [2, 10, 100])
        let isLimited = settings.happens(30)
        numbers = settings
        village = try await Village(rooms: 3, members: []) {
            $0.seed = seed
            $0.stateAfter = stateAfter
            $0.timelineLimit = timelineLimit
            if isLimited { $0.rateLimit = RateLimit(perSecond: 5, burst: 10) }
        }
        await village.homeserver.setFaults { [dice] in dice.fault(for: $0) }
        note("\(stateAfter), \(timelineLimit) events, \(isLimited ? "limited" : "not limited")")
    }

    func run(steps: Int) async throws {
        for _ in 0..<steps { try await step() }
    }

    private func note(_ text: String) { trace.append("\(village.time.now().monotonic) \(text)") }

    // MARK: Steps

    private func step() async throws {
        let room = numbers.one(of: village.rooms)
        let user = numbers.one(of: Self.users)
        switch Int.random(in: 0..<100, using: &numbers) {
        case 0..<22: try await join(user, room)
        case 22..<28: try await member(user, .leave, by: user, room)
        case 28..<31: try await member(user, .leave, by: village.mod, room)
        case 31..<33: try await member(user, .ban, by: village.mod, room)
        case 33..<35: try await member(user, .invite, by: village.mod, room)
        case 35..<48: try await writeRule()
        case 48..<52: try await blankRule()
        case 52..<55: try await redactRule()
        case 55..<58: try await changePower(room)
        case 58..<61: try await speak(user, room)
        case 61..<63: try await removeOrInviteBot(room)
        case 63..<64: try await helperComesOrGoes()
        case 64..<65: try await undoACL(room)
        case 65..<69: try await command(room, user)
        case 69..<73: faults()
        case 73..<76: await crash()
        case 76..<78: try await stop()
        case 78..<82: start()
        case 82..<90: await village.step(Int.random(in: 1...60, using: &numbers))
        default: try await village.pass(.milliseconds(Int.random(in: 1...3_000, using: &numbers)))
        }
    }

    private func join(_ user: UserID, _ room: RoomID) async throws {
        guard await village.homeserver.membership(of: user, in: room) != .ban else { return }
        note("\(user) joins \(room)")
        try await village.homeserver.join([user], to: room)
    }

    private func member(_ user: UserID, _ membership: Membership, by sender: UserID, _ room: RoomID) async throws {
        let before = await village.homeserver.membership(of: user, in: room)
        let isPossible =
            switch membership {
            case .leave: before?.isPresent == true || (sender == village.mod && before == .ban)
            case .invite: before != .join && before != .ban
            default: true
            }
        guard isPossible else { return }
        note("\(user) \(membership) in \(room) by \(sender)")
        try await village.homeserver.setMembership(membership, of: user, by: sender, in: room)
    }

    private func writeRule() async throws {
        let entity = numbers.one(
            of: Self.users.map(\.rawValue) + [
                "@*:evil.org", "@*:bad.org", "@?:bad.org", "@ma*:*", "evil.org", "bad.org", "worse.org",
            ]
                + [village.mod.rawValue, village.bot.rawValue]
        )
        let kind = entity.utf8.first == UInt8(ascii: "@") ? "user" : "server"
        let type =
            numbers.one(of: ["m.policy.rule.", "m.policy.rule.", "m.room.rule.", "org.matrix.mjolnir.rule."]) + kind
        let key = "k\(Int.random(in: 0..<6, using: &numbers))"
        let reason = numbers.one(of: ["spam", "flooding"])
        note("rule \(key) \(type): \(entity) \(reason)")
        let content: JSONValue = [
            "entity": .string(entity), "recommendation": "m.ban", "reason": .string(reason),
        ]
        let event = try await village.homeserver.append(
            EventType(rawValue: type),
            stateKey: key,
            content: content,
            by: village.mod,
            in: village.list
        )
        written[event] = Rules.Rule(
            type: EventType(rawValue: type),
            key: key,
            event: event,
            entity: entity,
            reason: reason
        )
    }

    private func blankRule() async throws {
        guard let rule = numbers.pick(from: await Rules(of: village.list, village.homeserver).standing) else { return }
        note("blank \(rule.key) \(rule.type)")
        try await village.homeserver.append(
            rule.type,
            stateKey: rule.key,
            content: [:],
            by: village.mod,
            in: village.list
        )
    }

    private func redactRule() async throws {
        guard let rule = numbers.pick(from: await Rules(of: village.list, village.homeserver).standing) else { return }
        note("redact \(rule.key) \(rule.type) \(rule.event)")
        written[rule.event] = rule
        try await village.homeserver.perform(.redact(rule.event, reason: "", in: village.list), by: village.mod)
    }

    private func changePower(_ room: RoomID) async throws {
        var users = JSONObject()
        users[village.mod.rawValue] = 100
        users[village.bot.rawValue] = .integer(numbers.one(of: [0, 50, 100, 100]))
        users[numbers.one(of: Self.users).rawValue] = .integer(numbers.one(of: [0, 50, 100]))
        note("power in \(room): \(users.members.map { "\($0.name) \($0.value)" })")
        let content: JSONValue = ["users": .object(users), "events": ["m.room.server_acl": 50]]
        try await village.homeserver.append(.powerLevels, stateKey: "", content: content, by: village.mod, in: room)
    }

    private func speak(_ user: UserID, _ room: RoomID) async throws {
        for number in 0..<Int.random(in: 1...4, using: &numbers) {
            _ = try? await village.homeserver.say("\(number)", by: user, in: room)
        }
    }

    private func removeOrInviteBot(_ room: RoomID) async throws {
        let isIn = await village.homeserver.membership(of: village.bot, in: room) == .join
        note("bot \(isIn ? "removed from" : "invited to") \(room)")
        try await village.homeserver.setMembership(isIn ? .leave : .invite, of: village.bot, by: village.mod, in: room)
    }

    private func helperComesOrGoes() async throws {
        let isIn = await village.homeserver.membership(of: Self.helper, in: village.management) == .join
        note("helper \(isIn ? "goes" : "comes")")
        try await village.homeserver.setMembership(isIn ? .leave : .join, of: Self.helper, in: village.management)
    }

    private func undoACL(_ room: RoomID) async throws {
        note("ACL of \(room) undone")
        let content: JSONValue = ["allow": ["*"], "deny": [], "allow_ip_literals": false]
        try await village.homeserver.append(.serverACL, stateKey: "", content: content, by: village.mod, in: room)
    }

    private func command(_ room: RoomID, _ user: UserID) async throws {
        guard await village.homeserver.membership(of: village.bot, in: village.management) == .join else { return }
        let text = numbers.one(of: [
            "status", "pause", "resume", "resume", "resume", "unban \(user) --no-confirm", "kick \(user)",
            "rooms remove \(room)",
            "rooms add \(room)", "rooms add \(room)", "ban \(user) being rude", "unwatch \(village.list)",
            "watch \(village.list) --no-confirm", "watch \(village.list) --no-confirm",
        ])
        note("!\(text)")
        try await village.command(text)
    }

    // MARK: The process

    private func faults() {
        let percent = numbers.one(of: [0, 10, 30, 60])
        note("faults \(percent) %")
        dice.set(percent: percent)
    }

    private func start() {
        guard !isRunning else { return }
        note("start")
        isRunning = true
        village.start()
    }

    private func crash() async {
        guard isRunning else { return }
        note("crash")
        isRunning = false
        await village.crash()
    }

    private func stop() async throws {
        guard isRunning else { return }
        note("stop")
        isRunning = false
        try await village.stop()
    }

    /// No faults any more, nothing held up by a moderator, and time for everything to settle.
    func settle() async throws -> [String] {
        dice.set(percent: 0)
        start()
        note("settles")
        try await village.pass(.seconds(20))
        try await village.command("resume")
        var problems: [String] = []
        for _ in 0..<12 {
            try await village.pass(.seconds(60))
            problems = try await self.problems()
            if problems.isEmpty { break }
        }
        try await stop()
        return try await problems + historyProblems() + diskProblems()
    }
}

extension SeededNumbers {
    mutating func pick<Value>(from values: [Value]) -> Value? { values.isEmpty ? nil : one(of: values) }
}
