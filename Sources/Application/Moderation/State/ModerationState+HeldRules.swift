import Commands
import JSON
import MatrixCore
import PolicyEngine
import RoomState

/// The brake: rules that would newly hit many wait for a moderator's word.
extension ModerationState {
    /// Holds those of a batch that are wide, each for itself or all globs of a list together, or would shut out a
    /// moderator's server.
    mutating func judge(_ hits: [RuleHits]) {
        let staff = staffServers
        var newlyHeld: [(rule: HeldRule, hits: RuleHits)] = []
        // Narrow globs add up: what no single one would, all of one list together must not do either.
        let globs = Dictionary(grouping: hits.filter(\.isGlobOfUsers)) { $0.rule.source.list }
        let wideLists = Set(
            globs.filter {
                $0.value.count > 1 && BlastRadius(hit: $0.value.reduce(0) { $0 + $1.count }, of: present).isWide
            }.keys
        )
        for hit in hits where !releasedRules.contains(hit.rule.id) {
            let why: String
            if let server = hit.servers.first(where: { staff.contains($0) }) {
                why = "it would shut out \(server), where moderators are"
            } else if BlastRadius(hit: hit.count, of: present).holds(hit.rule) {
                why = "it hits \(hit.isCut ? "more than " : "")\(hit.count) of \(present) present users"
            } else if hit.isGlobOfUsers, hit.count > 0, wideLists.contains(hit.rule.source.list) {
                why = "it and the globs that came with it hit many of \(present) present users"
            } else {
                continue
            }
            policies.hold(hit.rule.id)
            newlyHeld.append((HeldRule(id: hit.rule.id, number: nextHeldNumber, why: why), hit))
            nextHeldNumber += 1
        }
        guard !newlyHeld.isEmpty else { return }
        heldRules += newlyHeld.map(\.rule)
        writeHeldRules()
        tellHeld(newlyHeld)
    }

    /// A room that comes under guard may hold many whom a rule has not hit before.
    mutating func judgeRules(on room: RoomID) {
        var hits: [PolicyRule.ID: RuleHits] = [:]
        rooms.forEachPresent(in: room) { name in
            guard let user = try? UserID(parsing: String(copying: name)), !isSpared(user) else { return }
            let rule =
                policies.verdict(user: user).ban
                ?? policies.verdict(server: user.server).rules.first { $0.recommendation.bans }
            guard let rule else { return }
            hits[rule.id, default: RuleHits(rule: rule)].note(user)
        }
        judge(hits.values.sorted { $0.rule.id < $1.rule.id })
    }

    private var present: Int { rooms.presentUserCount }

    /// Keeps a hold where its rule was sent once more under another event.
    mutating func moveHold(from old: PolicyRule, to new: PolicyRule) {
        guard let place = heldRules.firstIndex(where: { $0.id == old.id }) else { return }
        heldRules[place] = HeldRule(id: new.id, number: heldRules[place].number, why: heldRules[place].why)
        policies.hold(new.id)
        writeHeldRules()
    }

    /// Puts a held rule in force.
    mutating func release(_ id: PolicyRule.ID) {
        heldRules.removeAll { $0.id == id }
        releasedRules.insert(id)
        writeHeldRules()
        policies.release(id)
        guard let rule = policies[rule: id] else { return }
        switch rule.kind {
        case .user: usersToReconcile.formUnion(users(hitBy: [rule])[0])
        case .server: serverBansChanged = true
        case .room: break
        }
    }

    mutating func forgetHeldRulesThatAreGone() {
        let count = heldRules.count + releasedRules.count
        heldRules.removeAll { !policies.isHeld($0.id) }
        releasedRules = releasedRules.filter { policies[rule: $0] != nil }
        if heldRules.count + releasedRules.count != count { writeHeldRules() }
    }

    private mutating func writeHeldRules() {
        write(
            .heldRules,
            [
                "next": .integer(Int64(nextHeldNumber)), "rules": .array(heldRules.map(\.json)),
                "released": .array(releasedRules.sorted().map(\.json)),
            ]
        )
    }

    mutating func restoreHeldRules(_ content: JSONValue) {
        if case .integer(let next)? = content["next"] { nextHeldNumber = Int(clamping: next) }
        heldRules = content["rules"]?.elements.compactMap(HeldRule.init) ?? []
        releasedRules = Set(content["released"]?.elements.compactMap(PolicyRule.ID.init) ?? [])
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
