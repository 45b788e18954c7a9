import JSON
import MatrixCore
import Patterns
import PolicyEngine
import Testing
import TestSupport

/// An index after thousands of changes against rules that are looked through one by one.
@Suite(.timeLimit(.minutes(1))) struct PolicyIndexSimulationTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `the index equals a naive reading of the same events`(_ seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        var world = World()
        for step in 0..<2_000 {
            world.step(step, &random)
            if step % 100 == 0 { world.check() }
        }
        world.check()
    }
}

/// Lists as plain events, and the index that is told of every change.
private struct World {
    var index = PolicyIndex()
    var watched: [RoomID] = []
    /// All state of all rooms, watched or not; redacted events have an empty content.
    var state: [RoomID: [StateKey: RoomEvent]] = [:]
    /// What the changes told so far come to.
    var told: [PolicyRule.ID: PolicyRule] = [:]

    static let rooms = [room("!a:x"), room("!b:x"), room("!c:x")]
    static let users = ["@a:x", "@b:x", "@ab:x", "@a:y.org", "@\u{E9}:y.org", "@abc:z.y.org"]
    static let servers = ["x", "y.org", "z.y.org", "Z.Y.org:8448"]
    static let entities =
        users + servers + [
            "@a*", "*", "@?:x", "@*:y.org", "@a**:*", "*.org", "?*", "*?", "*.Y.org", "z.?.org", "!a:x", "!*",
        ]

    mutating func step(_ step: Int, _ random: inout SeededNumbers) {
        let list = random.one(of: Self.rooms)
        switch random.below(100) {
        case 0..<3:
            watched.append(list)
            watched = watched.enumerated().filter { watched.firstIndex(of: $1) == $0 }.map(\.element)
            note(index.watch(PolicyList(room: list, events: Array(state[list, default: [:]].values))))
        case 3..<5:
            watched.removeAll { $0 == list }
            note(index.unwatch(list))
        case 5..<12:
            let events = state[list, default: [:]].values.sorted { $0.id < $1.id }
            guard !events.isEmpty else { return }
            let old = random.one(of: events)
            let key = StateKey(old.type, old.stateKey ?? "")
            state[list]?[key] = RoomEvent(
                id: old.id,
                type: old.type,
                sender: old.sender,
                stateKey: old.stateKey,
                content: Array("{}".utf8)
            )
            note(index.redact(old.id, in: list, by: helper))
        case 12..<15:
            if let rule = told.values.sorted(by: { $0.id < $1.id }).first(where: { _ in random.below(4) == 0 }) {
                if random.below(2) == 0 { index.hold(rule.id) } else { index.release(rule.id) }
            }
        default:
            let event = Self.event(step, &random)
            state[list, default: [:]][StateKey(event.type, event.stateKey ?? "")] = event
            note(index.apply(event, in: list))
        }
    }

    static func event(_ step: Int, _ random: inout SeededNumbers) -> RoomEvent {
        let kind = random.one(of: PolicyKind.allCases)
        let entity = random.one(of: entities)
        let word = random.one(of: ["m.ban", "m.takedown", "org.matrix.mjolnir.allow", "strange"])
        let content =
            switch random.below(10) {
            case 0, 1: "{}"
            case 2: #"{"entity":7}"#
            case 3, 4:
                #"{"hashes":{"sha256":"\#(EntityDigest(of: entity)?.base64 ?? "")"},"recommendation":"\#(word)"}"#
            default: #"{"entity":"\#(entity)","recommendation":"\#(word)"}"#
            }
        return policy("$\(step)", of: kind, key: "\(random.below(12))", age: random.below(3), content)
    }

    mutating func note(_ changes: [PolicyChange]) {
        for change in changes {
            switch change {
            case .added(let rule):
                let known = told.updateValue(rule, forKey: rule.id)
                #expect(known == nil)
            case .modified(let old, let new):
                let known = told.removeValue(forKey: old.id)
                #expect(known == old)
                let other = told.updateValue(new, forKey: new.id)
                #expect(other == nil)
            case .removed(let rule, _):
                let known = told.removeValue(forKey: rule.id)
                #expect(known == rule)
            case .malformed, .shortcodeChanged: break
            }
        }
    }

    /// The rules in force of all watched lists, from their events alone.
    func naiveRules() -> [PolicyRule] {
        watched.flatMap { list in
            PolicyKind.allCases.flatMap { kind in
                (0..<12).compactMap { key in
                    kind.eventTypes.lazy.compactMap { type -> PolicyRule? in
                        guard let event = state[list]?[StateKey(type, "\(key)")] else { return nil }
                        do { return try PolicyRule(event, in: list) } catch { return nil }
                    }.first
                }
            }
        }
    }

    func check() {
        let rules = naiveRules()
        #expect(Set(rules.map(\.id)) == Set(told.keys))
        #expect(index.ruleCount == rules.count)
        #expect(index.held.isSubset(of: told.keys))
        func expected(_ kind: PolicyKind, _ names: [String]) -> Set<PolicyRule.ID> {
            Set(rules.filter { rule in rule.kind == kind && names.contains { Self.names(rule, $0) } }.map(\.id))
        }
        for name in Self.users {
            let found = index.matches(user: user(name))
            #expect(Set(found.map(\.id)) == expected(.user, [name]))
            let verdict = index.verdict(user: user(name))
            #expect(verdict.rules == found.filter { !index.held.contains($0.id) })
            #expect(found.map { watched.firstIndex(of: $0.source.list) ?? -1 }.isSorted)
        }
        for name in Self.servers {
            let spellings = [name, name.lowercased(), server(name).host, server(name).host.lowercased()]
            #expect(Set(index.matches(server: server(name)).map(\.id)) == expected(.server, spellings))
        }
        for name in ["!a:x", "!b"] {
            #expect(Set(index.matches(room: room(name)).map(\.id)) == expected(.room, [name]))
        }
        let bans = rules.filter { $0.kind == .server && $0.recommendation.bans && !index.held.contains($0.id) }
        #expect(Set(index.serverBans.map(\.id)) == Set(bans.map(\.id)))
    }

    static func names(_ rule: PolicyRule, _ name: String) -> Bool {
        switch rule.subject {
        case .literal(let entity), .glob(let entity):
            Glob(entity, foldsASCIICase: rule.kind == .server).matches(name)
        case .hash(let digest): EntityDigest(of: name) == digest
        }
    }
}

extension [Int] {
    fileprivate var isSorted: Bool { zip(self, dropFirst()).allSatisfy { $0 <= $1 } }
}
