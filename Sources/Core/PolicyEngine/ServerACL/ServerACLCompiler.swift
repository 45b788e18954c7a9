import JSON
package import MatrixCore
import Patterns

/// Makes deny entries of server rules.
package struct ServerACLCompiler: Sendable {
    /// The longest content in bytes of canonical JSON: what an event's 65,536 leave beside its other fields, with margin.
    package static let defaultLimit = 60_000

    private let ownServer: ServerName
    private let users: [ServerName: Int]
    private let limit: Int

    /// `presentUsers` are the servers that are known, and how many present users each has: hashed rules are revealed by
    /// them, and where there is no room for all entries, those that hit the most are kept.
    package init(
        ownServer: ServerName,
        presentUsers: [ServerName: Int] = [:],
        limit: Int = ServerACLCompiler.defaultLimit
    ) {
        self.ownServer = ownServer
        users = presentUsers
        self.limit = limit
    }

    /// Compiles rules that ban; all others are passed over.
    package func compile(_ rules: [PolicyRule]) -> CompiledServerACL {
        var leftOut: [CompiledServerACL.LeftOut] = []
        var entries: [ByteText: Entry] = [:]
        for (rule, text) in named(rules, &leftOut) {
            let entry = Entry(text)
            guard !entry.names(ownServer) else {
                leftOut.append(.init(rule: rule, why: .ownServer))
                continue
            }
            entries[ByteText(entry.pattern), default: entry].rules.append(rule)
        }
        var kept: [Entry] = []
        for (entry, cover) in covers(of: entries.values.sorted { $0.isWider(than: $1) }) {
            if let cover {
                leftOut += entry.rules.map { .init(rule: $0, why: .covered(by: cover.text)) }
            } else {
                kept.append(entry)
            }
        }
        let weighed = weighed(kept)
        let fitting = CompiledServerACL.fitting(weighed.map(\.text), into: ServerACLContent(), limit: limit)
        let overflow = Set(fitting.overflow.map(ByteText.init))
        for entry in weighed where overflow.contains(ByteText(entry.text)) {
            leftOut += entry.rules.map { .init(rule: $0, why: .overflow) }
        }
        return CompiledServerACL(
            deny: fitting.entries.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) },
            leftOut: leftOut.sorted { $0.rule.id < $1.rule.id },
            ownServer: ownServer,
            limit: limit,
            byWeight: fitting.entries
        )
    }

    /// Every banning server rule with the entities that it names; a hash names the known servers that it is of.
    private func named(
        _ rules: [PolicyRule],
        _ leftOut: inout [CompiledServerACL.LeftOut]
    ) -> [(PolicyRule, String)] {
        let rules = rules.filter { $0.kind == .server && $0.recommendation.bans }
        let isHashed = rules.contains { $0.subject.entity == nil }
        let revealed = isHashed ? serversByDigest() : [:]
        return rules.flatMap { rule -> [(PolicyRule, String)] in
            switch rule.subject {
            case .literal(let entity), .glob(let entity): return [(rule, entity)]
            case .hash(let digest):
                guard let server = revealed[digest] else {
                    leftOut.append(.init(rule: rule, why: .unrevealed))
                    return []
                }
                return [(rule, server)]
            }
        }
    }

    /// Known servers and the own one, as they are written and in lower case, without their ports.
    private func serversByDigest() -> [EntityDigest: String] {
        var servers: [EntityDigest: String] = [:]
        for server in Array(users.keys) + [ownServer] {
            let host = lowercasedASCII(server.host)
            for spelling in [server.rawValue, lowercasedASCII(server.rawValue), server.host, host] {
                if let digest = EntityDigest(of: spelling) { servers[digest] = host }
            }
        }
        return servers
    }

    /// Each entry with a wider one that makes it needless; the widest must come first.
    private func covers(of entries: [Entry]) -> [(Entry, Entry?)] {
        let globs = entries.filter(\.isGlob)
        guard let index = try? GlobIndex(globs.map(\.pattern), foldsASCIICase: true) else {
            return entries.map { ($0, nil) }
        }
        let places = Dictionary(uniqueKeysWithValues: globs.enumerated().map { (ByteText($1.pattern), $0) })
        var isKept = [Bool](repeating: false, count: globs.count)
        return entries.map { entry in
            var cover: Entry?
            index.visitMatches(of: entry.pattern) { number in
                guard isKept[number], PolicyEngine.covers(globs[number].pattern, entry.pattern) else { return .next }
                if let found = cover, !globs[number].isWider(than: found) { return .next }
                cover = globs[number]
                return .next
            }
            if cover == nil, let place = places[ByteText(entry.pattern)] { isKept[place] = true }
            return (entry, cover)
        }
    }

    /// What hits the most present users first, then what is widest.
    private func weighed(_ entries: [Entry]) -> [Entry] {
        guard entries.reduce(0, { $0 + $1.text.utf8.count + 3 }) > limit / 2,
            let index = try? GlobIndex(entries.map(\.pattern), foldsASCIICase: true)
        else { return entries }
        var hits = [Int](repeating: 0, count: entries.count)
        for (server, count) in users {
            index.visitMatches(of: server.host) { number in
                hits[number] += count
                return .next
            }
        }
        let order = entries.indices.sorted { hits[$0] == hits[$1] ? $0 < $1 : hits[$0] > hits[$1] }
        return order.map { entries[$0] }
    }
}

extension PolicyRule.ID: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        (left.list, left.event) < (right.list, right.event)
    }
}
