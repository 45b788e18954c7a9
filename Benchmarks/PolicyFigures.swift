import JSON
import MatrixCore
import Patterns
import PolicyEngine
import RoomState

/// Rules against users, at the size that the budgets name.
func measurePolicies(_ report: Report) async throws {
    let room = try RoomID(parsing: "!list:bench.example")
    let users = Users(count: 1_000_000)
    var index = PolicyIndex()
    let events = try policies(literals: 100_000, globs: 5_000, hashes: 0)
    let read = processorTime()
    let list = await PolicyList.reading(events, room: room)
    report.line("read a list of 105,000 rules", text(processorTime() - read))
    report.line("take it into the index", text(best(of: 1) { keep(index.watch(list)) }))

    let bare = best { keep(users.hash()) }
    var banned = 0
    let match = best(of: 3) { banned = users.count(bannedBy: index, digests: false) }
    report.line(
        "match 1,000,000 users, 100,000 literals, 5,000 globs: \(banned)",
        atMost: .seconds(1),
        match,
        beside: "hash of every name \(text(bare))"
    )
    let other = try RoomID(parsing: "!hashed:bench.example")
    _ = index.watch(PolicyList(room: other, events: try policies(literals: 0, globs: 0, hashes: 100_000)))
    let digests = best(of: 1) { keep(users.digest()) }
    let hashed = best(of: 1) { banned = users.count(bannedBy: index, digests: true) }
    report.line("  with 100,000 hashed rules more: \(banned)", text(hashed), beside: "bare digests \(text(digests))")

    let edit = try policy(200_000, .user, "@someone-new:server7.example")
    report.line("take in one rule", text(best(of: 1) { keep(index.apply(edit, in: room)) }))
    let user = try UserID(parsing: "@user123456:server456.example")
    report.line("one verdict", text(best { keep(index.verdict(user: user)) }))
    report.line("let the lists go", text(best(of: 1) { keep((index.unwatch(room), index.unwatch(other))) }))
    try measureAffected(users, report)
    try measureServerACL(report)
}

/// From one new rule to everyone that it hits.
private func measureAffected(_ users: Users, _ report: Report) throws {
    let states = try users.present(inRooms: 100)
    let bare = best { keep(users.hash()) }
    for (pattern, budget) in [
        ("@user123456:server456.example", Duration.milliseconds(1)), ("@*:server7.example", .milliseconds(50)),
        ("*bot-7*", .milliseconds(50)), ("@user1234?*:server*", .milliseconds(50)), ("*", .milliseconds(1_000)),
    ] {
        var hit = 0
        let time = best { hit = states.presentUsers(matching: pattern).count }
        report.line(
            "a new rule `\(pattern)`, 1,000,000 users: \(hit)",
            atMost: budget,
            time,
            beside: "every name read \(text(bare))"
        )
    }
}

private func measureServerACL(_ report: Report) throws {
    let room = try RoomID(parsing: "!servers:bench.example")
    var events: [RoomEvent] = []
    for number in 0..<10_000 { events.append(try policy(number, .server, "server\(number * 7).example")) }
    for number in 10_000..<10_500 { events.append(try policy(number, .server, "*.bad\(number).example")) }
    var index = PolicyIndex()
    _ = index.watch(PolicyList(room: room, events: events))
    var present: [ServerName: Int] = [:]
    for number in 0..<20_000 { present[try ServerName(parsing: "server\(number).example")] = number % 17 + 1 }
    let rules = index.serverBans
    let compiler = ServerACLCompiler(ownServer: try ServerName(parsing: "bench.example"), presentUsers: present)
    var compiled = compiler.compile(rules)
    let time = best(of: 2) { compiled = compiler.compile(rules) }
    report.line("compile an ACL of 10,500 rules, 20,000 servers: \(compiled.deny.count)", text(time))
    report.line("  merge it into a room", text(best(of: 2) { keep(compiled.merged(into: nil, ours: nil)) }))
}

private func policies(literals: Int, globs: Int, hashes: Int) throws -> [RoomEvent] {
    var events: [RoomEvent] = []
    for number in 0..<literals {
        events.append(try policy(number, .user, "@spam\(number * 31):server\(number % 3_000).example"))
    }
    for number in 0..<globs {
        let entity =
            switch number % 4 {
            case 0: "@*:evil\(number).example"
            case 1: "@raid\(number)*:*"
            case 2: "*bot-\(number)-*"
            default: "@promo?\(number)*:server\(number % 3_000).example"
            }
        events.append(try policy(literals + number, .user, entity))
    }
    for number in 0..<hashes {
        let digest = EntityDigest(of: "@hidden\(number):server\(number % 3_000).example")?.base64 ?? ""
        let content = #"{"hashes":{"sha256":"\#(digest)"},"recommendation":"m.ban"}"#
        events.append(try policy(number, .user, "hashed\(number)", content: content))
    }
    return events
}

private func policy(_ number: Int, _ kind: PolicyKind, _ entity: String, content: String? = nil) throws -> RoomEvent {
    let content = content ?? #"{"entity":"\#(entity)","recommendation":"m.ban","reason":"spam and more spam"}"#
    return RoomEvent(
        id: try EventID(parsing: "$\(number)-abcdefghijklmnopqrstuvwxyz-0123456789"),
        type: kind.eventTypes[0],
        sender: try UserID(parsing: "@moderator:bench.example"),
        stateKey: PolicyDraft.stateKey(entity: entity, recommendation: .ban),
        timestamp: Int64(number),
        content: Array(content.utf8)
    )
}

/// User IDs in one arena, as room state keeps them; one in fifty is named by a rule.
private struct Users {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    init(count: Int) {
        for number in 0..<count {
            let text =
                switch number % 100 {
                case 0: "@spam\(number * 31 % 3_100_000):server\(number % 3_000).example"
                case 50: "@someone\(number):evil\(number % 5_000).example"
                default: "@user\(number):server\(number % 3_000).example"
                }
            bytes += text.utf8
            ends.append(bytes.count)
        }
    }

    private func forEach(_ visit: (Span<UInt8>) -> Void) {
        let all = bytes.span
        var start = 0
        for end in ends {
            visit(all.extracting(start..<end))
            start = end
        }
    }

    func count(bannedBy index: PolicyIndex, digests: Bool) -> Int {
        var banned = 0
        forEach { user in
            var isBanned = false
            index.visitUserMatches(of: user) {
                EntityDigest(of: user)
            } _: { rule in
                isBanned = rule.recommendation.bans
                return .stop
            }
            if isBanned { banned += 1 }
        }
        return banned
    }

    /// What any matching costs at the least: every byte looked at once.
    func hash() -> UInt64 {
        var hash: UInt64 = 0
        forEach { user in
            for index in user.indices { hash = (hash ^ UInt64(user[index])) &* 0x100_0000_01B3 }
        }
        return hash
    }

    func digest() -> Int {
        var count = 0
        forEach { if EntityDigest(of: $0) != nil { count += 1 } }
        return count
    }

    /// All of them present, each in one of so many protected rooms.
    func present(inRooms count: Int) throws -> RoomStates {
        var states = RoomStates()
        let rooms = try (0..<count).map { try RoomID(parsing: "!room\($0):bench.example") }
        for room in rooms { states.setProtected(true, room) }
        let record = MemberRecord(.join, wasSetByOther: false)
        var number = 0
        var start = 0
        for end in ends {
            let user = try UserID(parsing: String(decoding: bytes[start..<end], as: UTF8.self))
            _ = states.setMember(user, record, in: rooms[number % count])
            number += 1
            start = end
        }
        return states
    }
}
