import MatrixCore
import Patterns
import PolicyEngine
import RoomState

/// Whom a rule hits that was not banned before.
struct RuleHits {
    let rule: PolicyRule
    /// Of a user rule.
    var users: [UserID] = []
    /// Of a server rule, those that have present users.
    var servers: [ServerName] = []
    /// Present users that no other rule banned, nor anything spares.
    var count = 0
    /// Whether it hits more than were looked at.
    var isCut = false
    var samples: [String] = []

    init(rule: PolicyRule) { self.rule = rule }

    /// A glob over user IDs; a literal or a hash names one.
    var isGlobOfUsers: Bool {
        if rule.kind == .user, case .glob = rule.subject { true } else { false }
    }

    mutating func note(_ user: UserID) {
        count += 1
        if samples.count < 5 { samples.append(user.rawValue) }
    }
}

extension ModerationState {
    /// From this many globs and hashes on, one pass over all users is cheaper than one for each.
    private static let manyRules = 8
    /// Most users that are looked at for one rule; far more than the brake lets through, so that a list of a thousand wide
    /// globs costs no more than it must.
    private static let maximumHits = 200

    func hits(of rules: [PolicyRule]) -> [RuleHits] {
        let new = Set(rules.map(\.id))
        let users = users(hitBy: rules.filter { $0.kind == .user }, atMost: Self.maximumHits + 1)
        let servers = servers(hitBy: rules.filter { $0.kind == .server })
        var next = 0
        return rules.map { rule in
            var hit = RuleHits(rule: rule)
            switch rule.kind {
            case .user:
                hit.users = users[next]
                hit.isCut = users[next].count > Self.maximumHits
                next += 1
                for user in hit.users where !isSpared(user) && !isBanned(user, withoutCounting: new) { hit.note(user) }
            case .server:
                let servers = (servers[rule.id] ?? []).filter { !isBanned($0.server, withoutCounting: new) }
                hit.servers = servers.map(\.server)
                hit.count = servers.reduce(0) { $0 + $1.users }
                hit.samples = servers.prefix(5).map { "\($0.server) (\($0.users))" }
            case .room: break
            }
            return hit
        }
    }

    /// The present users that each user rule names, in the order of the rules.
    func users(hitBy rules: [PolicyRule], atMost limit: Int = .max) -> [[UserID]] {
        let scanning = rules.filter { if case .literal = $0.subject { false } else { true } }
        var found: [PolicyRule.ID: [UserID]] = [:]
        if scanning.count > Self.manyRules || scanning.contains(where: { $0.subject.entity == nil }) {
            let wanted = Set(scanning.map(\.id))
            rooms.forEachPresentUser { name, _ in
                policies.visitUserMatches(of: name, digest: { EntityDigest(of: name) }) { rule in
                    if wanted.contains(rule.id), found[rule.id]?.count ?? 0 < limit,
                        let user = try? UserID(parsing: String(copying: name))
                    {
                        found[rule.id, default: []].append(user)
                    }
                    return .next
                }
            }
        } else {
            for rule in scanning {
                found[rule.id] = rule.subject.entity.map { Array(rooms.presentUsers(matching: $0).prefix(limit)) }
            }
        }
        return rules.map { rule in
            if case .literal(let name) = rule.subject {
                rooms.presentUsers(matching: name)
            } else {
                found[rule.id] ?? []
            }
        }
    }

    /// The servers of present users that each server rule names, in one pass over the servers.
    private func servers(hitBy rules: [PolicyRule]) -> [PolicyRule.ID: [(server: ServerName, users: Int)]] {
        guard !rules.isEmpty else { return [:] }
        let wanted = Set(rules.map(\.id))
        var found: [PolicyRule.ID: [(server: ServerName, users: Int)]] = [:]
        for present in rooms.presentServers {
            for rule in policies.matches(server: present.server) where wanted.contains(rule.id) {
                found[rule.id, default: []].append(present)
            }
        }
        return found
    }

    private func isBanned(_ user: UserID, withoutCounting new: Set<PolicyRule.ID>) -> Bool {
        policies.verdict(user: user).rules.contains { $0.recommendation.bans && !new.contains($0.id) }
    }

    private func isBanned(_ server: ServerName, withoutCounting new: Set<PolicyRule.ID>) -> Bool {
        policies.verdict(server: server).rules.contains { $0.recommendation.bans && !new.contains($0.id) }
    }
}

extension String {
    /// The bytes of a name as text of its own.
    init(copying bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
