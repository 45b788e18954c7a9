import MatrixCore
import Patterns
import PolicyEngine
import RoomState

/// What it would do to watch a list: found in one pass over those who are present, however long the list is.
struct WatchEffect {
    private(set) var users: [UserID] = []
    private(set) var servers: [String] = []
    private(set) var held: [PolicyRule] = []

    init(of list: PolicyList, _ context: CommandContext) {
        var index = PolicyIndex()
        _ = index.watch(list)
        var hits: [PolicyRule.ID: Int] = [:]
        var banned: [(user: UserID, by: [PolicyRule])] = []
        context.rooms.forEachPresentUser { name, _ in
            var rules: [PolicyRule] = []
            index.visitUserMatches(of: name, digest: { EntityDigest(of: name) }) { rule in
                if rule.recommendation.bans { rules.append(rule) }
                return .next
            }
            guard !rules.isEmpty, let user = name.asUserID, !context.isSpared(user),
                context.policies.verdict(user: user).ban == nil
            else { return }
            banned.append((user, rules))
            for rule in rules { hits[rule.id, default: 0] += 1 }
        }
        for present in context.rooms.presentServers {
            for rule in index.matches(server: present.server) where rule.recommendation.bans {
                hits[rule.id, default: 0] += present.users
            }
        }
        let present = context.rooms.presentUserCount
        let rules = list.rules.filter(\.recommendation.bans)
        held = rules.filter { BlastRadius(hit: hits[$0.id] ?? 0, of: present).holds($0) }
        let isHeld = Set(held.map(\.id))
        users = banned.filter { !$0.by.allSatisfy { isHeld.contains($0.id) } }.map(\.user).sorted()
        servers = rules.filter { $0.kind == .server && !isHeld.contains($0.id) }.compactMap(\.subject.entity)
    }
}

extension Span<UInt8> {
    fileprivate var asUserID: UserID? {
        unsafe withUnsafeBufferPointer { bytes in
            try? UserID(parsing: unsafe String(decoding: bytes, as: UTF8.self))
        }
    }
}
