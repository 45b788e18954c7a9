import CommandGrammar
import MatrixCore
import PolicyEngine
import Protections
import RoomState

/// What has to be done so that somebody is not banned any more, worked out before anything is touched.
struct UnbanPlan {
    /// The rules to be removed.
    private(set) var rules: [PolicyRule] = []
    /// Whom no rule bans any more then, also those whose bans still wait in the queue.
    private(set) var freed: [UserID] = []
    /// Who of them is banned somewhere, and where they would be invited.
    private(set) var members: [Member] = []

    struct Member {
        let user: UserID
        let bannedIn: [RoomID]
        let inviteTo: [RoomID]
    }

    /// Plans for a user or a glob of users: a rule that goes may free others too, and they are freed with it.
    init(_ pattern: UserPattern, inviting: Bool, _ context: CommandContext) {
        let named = context.rooms.users(matching: pattern.description)
            .filter { Self.member($0, inviting, context) != nil }
        var found: [PolicyRule.ID: PolicyRule] = [:]
        var candidates = named
        if let user = try? UserID(parsing: pattern.description) { candidates.append(user) }
        for user in candidates {
            for rule in context.policies.matches(user: user) + context.policies.matches(server: user.server)
            where rule.recommendation.bans {
                found[rule.id] = rule
            }
        }
        rules = found.values.sorted { $0.id < $1.id }
        // Whoever the removed rules named is free of them too.
        freed = candidates.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        for rule in rules where rule.kind == .user {
            for user in rule.subject.entity.map({ context.rooms.users(matching: $0) }) ?? [] where !freed.contains(user)
            {
                freed.append(user)
            }
        }
        let removed = Set(rules.map(\.id))
        freed.removeAll { Self.isStillBanned($0, without: removed, context) }
        members = freed.compactMap { Self.member($0, inviting, context) }
            .sorted { left, right in
                let leftIsNamed = named.contains(left.user)
                return leftIsNamed == named.contains(right.user) ? left.user < right.user : leftIsNamed
            }
    }

    /// Plans for a server or a room: exactly the rules that name it.
    init(rulesFor rules: [PolicyRule]) {
        self.rules = rules.filter { $0.recommendation.bans }
    }

    var isEmpty: Bool { rules.isEmpty && members.isEmpty }

    private static func member(_ user: UserID, _ inviting: Bool, _ context: CommandContext) -> Member? {
        let protected = context.rooms.rooms(of: user).filter { context.bot.protects($0.room) }
        let banned = bans(of: user, context)
        let invite = protected.filter { room, record in
            guard inviting, record.wasSetByOther else { return false }
            return record.membership == .ban || record.membership == .leave
        }.map(\.room)
        guard !banned.isEmpty || !invite.isEmpty else { return nil }
        return Member(user: user, bannedIn: banned, inviteTo: invite.sorted())
    }

    /// The protected rooms in which the user is banned, or will be by a ban that is on its way: the unban goes out behind it.
    static func bans(of user: UserID, _ context: CommandContext) -> [RoomID] {
        let banned = context.rooms.rooms(of: user).filter { $0.record.membership == .ban }.map(\.room)
        let onTheWay = context.inFlight.compactMap { action -> RoomID? in
            guard case .ban(let target, let room, _) = action, target == user else { return nil }
            return room
        }
        return Set(banned + onTheWay).filter { context.bot.protects($0) }.sorted()
    }

    private static func isStillBanned(
        _ user: UserID,
        without removed: Set<PolicyRule.ID>,
        _ context: CommandContext
    ) -> Bool {
        (context.policies.matches(user: user) + context.policies.matches(server: user.server))
            .contains { $0.recommendation.bans && !removed.contains($0.id) }
    }
}
