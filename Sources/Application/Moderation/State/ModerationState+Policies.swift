import JSON
import MatrixCore
import PolicyEngine

/// What changed of the lists in one batch, judged and matched together.
extension ModerationState {
    mutating func settlePolicyChanges() {
        guard phase == .enforcing else { return noteUnjudgedRules() }
        guard !policyChanges.isEmpty else { return }
        let changes = policyChanges
        policyChanges = []
        if !unjudgedRules.isEmpty { writeUnjudgedRules([]) }
        tellMalformed(changes)
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
        judge(hits.filter { unjudged.contains($0.rule.id) })
        for hit in hits where hit.rule.kind == .user && !policies.isHeld(hit.rule.id) {
            if hit.isCut { reconcilesAll = true } else { usersToReconcile.formUnion(hit.users) }
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
                moveHold(from: old, to: new)
            case .modified(_, let new): unjudged.insert(new.id)
            case .removed, .malformed, .shortcodeChanged: break
            }
        }
        return unjudged
    }

    // MARK: While the start is under way

    /// Rules that come before they can be judged are on disk already; so must be that nobody has judged them.
    private mutating func noteUnjudgedRules() {
        var unjudged = unjudgedRules
        for change in policyChanges {
            switch change {
            case .added(let rule), .modified(_, let rule): unjudged.insert(rule.id)
            case .removed, .malformed, .shortcodeChanged: break
            }
        }
        if unjudged.count != unjudgedRules.count { writeUnjudgedRules(unjudged) }
    }

    private mutating func writeUnjudgedRules(_ rules: Set<PolicyRule.ID>) {
        unjudgedRules = rules
        write(.unjudgedRules, rules.isEmpty ? nil : .array(rules.sorted().map(\.json)))
    }
}

extension PolicyRule {
    fileprivate func bansTheSame(as other: PolicyRule) -> Bool {
        kind == other.kind && subject == other.subject && recommendation.bans && other.recommendation.bans
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
