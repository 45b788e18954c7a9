import Glibc
import MatrixCore
import Patterns
import PolicyEngine

/// Measures the policy index at the size that the budgets name; prints one line for each figure.
///
/// Run it as `swift run -c release PolicyBenchmarks`.
@main struct PolicyBenchmarks {
    static func main() async throws {
        let room = try RoomID(parsing: "!list:bench.example")
        let events = try policies(literals: 100_000, globs: 5_000, hashes: 0)
        let list = await measure("read a list of 105,000 rules") { await PolicyList.reading(events, room: room) }
        var index = PolicyIndex()
        let changes = measure("take it into the index") { index.watch(list) }
        print("  changes: \(changes.count), rules: \(index.ruleCount)")

        let users = Users(count: 1_000_000)
        measure("match 1,000,000 users") { print("  banned: \(users.count(bannedBy: index, digests: false))") }

        let hashed = try policies(literals: 0, globs: 0, hashes: 100_000)
        let other = try RoomID(parsing: "!hashed:bench.example")
        _ = index.watch(PolicyList(room: other, events: hashed))
        measure("the same with 100,000 hashed rules more") {
            print("  banned: \(users.count(bannedBy: index, digests: true))")
        }

        let edit = try policy(200_000, .user, "@someone-new:server7.example")
        measure("take in one rule") { _ = index.apply(edit, in: room) }
        let user = try UserID(parsing: "@user123456:server456.example")
        measure("one verdict") { _ = index.verdict(user: user) }
        measure("let the lists go") { _ = (index.unwatch(room), index.unwatch(other)) }
        try await serverACL()
    }

    static func serverACL() async throws {
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
        let compiled = measure("compile an ACL of 10,500 server rules, 20,000 servers known") {
            compiler.compile(rules)
        }
        print("  entries: \(compiled.deny.count), left out: \(compiled.leftOut.count)")
        let merge = measure("merge it into a room") { compiled.merged(into: nil, ours: nil) }
        print("  content sent: \(merge.content != nil)")
    }

    static func policies(literals: Int, globs: Int, hashes: Int) throws -> [RoomEvent] {
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

    static func policy(_ number: Int, _ kind: PolicyKind, _ entity: String, content: String? = nil) throws -> RoomEvent
    {
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

    @discardableResult
    static func measure<Value>(_ what: String, _ work: () -> Value) -> Value {
        let watch = Watch()
        let value = work()
        watch.report(what)
        return value
    }

    static func measure<Value: Sendable>(_ what: String, _ work: () async -> Value) async -> Value {
        let watch = Watch()
        let value = await work()
        watch.report(what)
        return value
    }
}

/// Both times, since a machine with other work makes one of them worthless.
private struct Watch {
    private let start = ContinuousClock.now
    private let processorTime = clock()

    func report(_ what: String) {
        let processor = Duration.microseconds(Int64(clock() - processorTime))
        print("\(what): \(processor) of processor time in \(ContinuousClock.now - start)")
    }
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

    func count(bannedBy index: PolicyIndex, digests: Bool) -> Int {
        let all = bytes.span
        var banned = 0
        var start = 0
        for end in ends {
            let user = all.extracting(start..<end)
            var isBanned = false
            index.visitUserMatches(of: user) {
                EntityDigest(of: user)
            } _: { rule in
                isBanned = rule.recommendation.bans
                return .stop
            }
            if isBanned { banned += 1 }
            start = end
        }
        return banned
    }
}
