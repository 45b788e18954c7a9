import Commands
import JSON
import MatrixCore
import Patterns
import PolicyEngine
import RoomState

/// A rule that waits for a moderator's word.
struct HeldRule: Sendable, Equatable {
    let id: PolicyRule.ID
    let why: String
}

/// What changed of the lists in one batch, judged and matched together.
extension ModerationState {
    mutating func settlePolicyChanges() {
        guard phase == .enforcing, !policyChanges.isEmpty else { return }
        let changes = policyChanges
        policyChanges = []
        for case .malformed(let policy) in changes { tellMalformed(policy) }
        let meaningful = changes.filter(\.changesMeaning)
        for list in Set(meaningful.compactMap(\.list)) { listChanges[list] = now.monotonic }
        let unjudged = rulesToJudge(changes)
        forgetHeldRulesThatAreGone()
        guard !meaningful.isEmpty else { return }

        // A list of thousands in one batch still has one present state: what is not there any more needs no judgement.
        var new: [PolicyRule] = []
        for change in meaningful {
            switch change {
            case .added(let rule), .modified(_, let rule): if policies[rule: rule.id] == rule { new.append(rule) }
            case .removed, .malformed, .shortcodeChanged: break
            }
        }
        let hits = hits(of: new.filter { $0.recommendation.bans })
        for hit in hits where unjudged.contains(hit.rule.id) { judge(hit) }
        for hit in hits where !policies.isHeld(hit.rule.id) {
            if hit.rule.kind == .user { usersToReconcile.formUnion(hit.users) }
        }
        if meaningful.contains(where: \.concernsServers) { serverBansChanged = true }
        dropWhatIsNotWantedAnyMore()
    }

    /// Which rules of a batch nobody has judged; a rule that bans whom it banned before stays in force, or held.
    private mutating func rulesToJudge(_ changes: [PolicyChange]) -> Set<PolicyRule.ID> {
        var unjudged: Set<PolicyRule.ID> = []
        for change in changes {
            switch change {
            case .added(let rule): unjudged.insert(rule.id)
            case .modified(let old, let new) where old.bansTheSame(as: new) && !unjudged.contains(old.id):
                guard let place = heldRules.firstIndex(where: { $0.id == old.id }) else { break }
                heldRules[place] = HeldRule(id: new.id, why: heldRules[place].why)
                policies.hold(new.id)
                writeHeldRules()
            case .modified(_, let new): unjudged.insert(new.id)
            case .removed, .malformed, .shortcodeChanged: break
            }
        }
        return unjudged
    }

    /// Holds a rule whose effect is wide, or would shut out a moderator's server.
    private mutating func judge(_ hit: RuleHits) {
        let rule = hit.rule
        let radius = BlastRadius(hit: hit.count, of: rooms.presentUserCount)
        let staff = hit.servers.first { server in staffServers.contains(server) }
        guard radius.holds(rule) || staff != nil else { return }
        policies.hold(rule.id)
        let share = "\(radius.hit) of \(radius.present) present users"
        let why = staff.map { "it would shut out \($0), where moderators are" } ?? "it hits \(share)"
        heldRules.append(HeldRule(id: rule.id, why: why))
        writeHeldRules()
        tellHeld(rule, number: heldRules.count, why: why, samples: hit.samples)
    }

    /// Puts the n-th held rule in force, counted from 1 as `held` lists them; nil where there is none.
    mutating func release(_ number: Int) -> PolicyRule? {
        forgetHeldRulesThatAreGone()
        guard heldRules.indices.contains(number - 1) else { return nil }
        let held = heldRules.remove(at: number - 1)
        writeHeldRules()
        policies.release(held.id)
        guard let rule = policies[rule: held.id] else { return nil }
        switch rule.kind {
        case .user: usersToReconcile.formUnion(users(hitBy: [rule])[0])
        case .server: serverBansChanged = true
        case .room: break
        }
        return rule
    }

    private mutating func forgetHeldRulesThatAreGone() {
        let count = heldRules.count
        heldRules.removeAll { !policies.isHeld($0.id) }
        if heldRules.count != count { writeHeldRules() }
    }

    mutating func writeHeldRules() {
        write(
            .heldRules,
            .array(
                heldRules.map {
                    [
                        "list": .string($0.id.list.rawValue), "event": .string($0.id.event.rawValue),
                        "why": .string($0.why),
                    ]
                }
            )
        )
    }

    /// The servers of the management room's members.
    private var staffServers: Set<ServerName> {
        guard let room = bot.managementRoom, rooms[room]?.joinRule != "public" else { return [] }
        var servers: Set<ServerName> = []
        rooms.forEachMember(of: room) { user, record in
            if record.membership == .join, user != bot.user { servers.insert(user.server) }
        }
        return servers
    }
}

// MARK: - Whom rules hit

/// Whom a rule hits that was not banned before.
struct RuleHits {
    let rule: PolicyRule
    /// Of a user rule.
    var users: [UserID] = []
    /// Of a server rule, those that have present users.
    var servers: [ServerName] = []
    /// Present users that no other rule banned, nor anything spares.
    var count = 0
    var samples: [String] = []
}

extension ModerationState {
    /// From this many globs and hashes on, one pass over all users is cheaper than one for each.
    private static let manyRules = 8

    private func hits(of rules: [PolicyRule]) -> [RuleHits] {
        let new = Set(rules.map(\.id))
        let users = users(hitBy: rules.filter { $0.kind == .user })
        let servers = servers(hitBy: rules.filter { $0.kind == .server })
        var next = 0
        return rules.map { rule in
            var hit = RuleHits(rule: rule)
            switch rule.kind {
            case .user:
                hit.users = users[next]
                next += 1
                let newlyHit = hit.users.filter { !isSpared($0) && !isBanned($0, withoutCounting: new) }
                hit.count = newlyHit.count
                hit.samples = newlyHit.prefix(5).map(\.rawValue)
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
    func users(hitBy rules: [PolicyRule]) -> [[UserID]] {
        let scanning = rules.filter { if case .literal = $0.subject { false } else { true } }
        var found: [PolicyRule.ID: [UserID]] = [:]
        if scanning.count > Self.manyRules || scanning.contains(where: { $0.subject.entity == nil }) {
            let wanted = Set(scanning.map(\.id))
            rooms.forEachPresentUser { name, _ in
                policies.visitUserMatches(of: name, digest: { EntityDigest(of: name) }) { rule in
                    if wanted.contains(rule.id), let user = try? UserID(parsing: String(copying: name)) {
                        found[rule.id, default: []].append(user)
                    }
                    return .next
                }
            }
        } else {
            for rule in scanning { found[rule.id] = rule.subject.entity.map { rooms.presentUsers(matching: $0) } }
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

extension PolicyChange {
    fileprivate var list: RoomID? {
        switch self {
        case .added(let rule), .removed(let rule, _), .modified(_, let rule): rule.source.list
        case .malformed, .shortcodeChanged: nil
        }
    }

    fileprivate var concernsServers: Bool {
        switch self {
        case .added(let rule), .removed(let rule, _): rule.kind == .server
        case .modified(let old, let new): old.kind == .server || new.kind == .server
        case .malformed, .shortcodeChanged: false
        }
    }
}

extension PolicyRule {
    fileprivate func bansTheSame(as other: PolicyRule) -> Bool {
        kind == other.kind && subject == other.subject && recommendation.bans && other.recommendation.bans
    }
}

extension String {
    /// The bytes of a name as text of its own.
    init(copying bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
