import Commands
import MatrixCore
import Patterns
import PolicyEngine
import Protections
import RoomState

/// Desired against observed: who should be banned and is present. Every trigger is this, with another scope.
extension ModerationState {
    /// Members that came, went or were banned in this batch.
    mutating func settleTransitions() {
        guard !transitions.isEmpty else { return }
        let changed = transitions
        transitions = []
        for transition in changed {
            closeSatisfied(by: transition)
            if transition.user == bot.user, transition.after.membership == .join {
                roomsWithNewPower.insert(transition.room)
            }
            if transition.room == bot.managementRoom { usersToReconcile.insert(transition.user) }
            if transition.becamePresent {
                usersToReconcile.insert(transition.user)
                // A server that was not known before may be one that a hash names.
                if policies.hasHashedRules(of: .server), rooms.serverCount != knownServerCount {
                    serverBansChanged = true
                }
            }
        }
    }

    /// Rooms in which what the bot may do has changed, looked at once for all events of a batch.
    mutating func settlePower() {
        let rooms = roomsWithNewPower.sorted()
        roomsWithNewPower = []
        for room in rooms {
            unpark(room)
            notePower(in: room)
        }
    }

    mutating func reconcileWhatIsDue() {
        guard phase == .enforcing else { return }
        for room in roomsToJudge.sorted() where bot.protects(room) { judgeRules(on: room) }
        defer {
            reconcilesAll = false
            roomsToJudge = []
            roomsToReconcile = []
            usersToReconcile = []
        }
        knownServerCount = rooms.serverCount
        if reconcilesAll { return reconcileEverybody() }
        for room in roomsToReconcile.sorted() { reconcile(room: room) }
        for user in usersToReconcile.sorted() { reconcile(user) }
    }

    /// Everyone who is present anywhere, each judged once.
    private mutating func reconcileEverybody() {
        var banned: [UserID] = []
        rooms.forEachPresentUser { name, _ in
            var isNamed = false
            policies.visitUserMatches(of: name, digest: { EntityDigest(of: name) }) { rule in
                isNamed = rule.recommendation.bans
                return isNamed ? .stop : .next
            }
            if isNamed, let user = try? UserID(parsing: String(copying: name)) { banned.append(user) }
        }
        for user in banned.sorted() { reconcile(user) }
        serverBansChanged = true
    }

    private mutating func reconcile(room: RoomID) {
        guard bot.protects(room) else { return }
        var named: [UserID] = []
        rooms.forEachPresent(in: room) { name in
            policies.visitUserMatches(of: name, digest: { EntityDigest(of: name) }) { rule in
                guard rule.recommendation.bans else { return .next }
                if let user = try? UserID(parsing: String(copying: name)) { named.append(user) }
                return .stop
            }
        }
        for user in named.sorted() { reconcile(user, in: [room]) }
        roomsToCheckACL.insert(room)
    }

    private mutating func reconcile(_ user: UserID) {
        reconcile(user, in: rooms.rooms(of: user).map(\.room).sorted())
    }

    private mutating func reconcile(_ user: UserID, in candidates: [RoomID]) {
        guard bot.appliesMemberBans else { return }
        let verdict = policies.verdict(user: user)
        guard let rule = verdict.ban, let reason = verdict.reason, !isSpared(user) else { return }
        for room in candidates where isBannable(user, in: room) {
            ban(user, in: room, reason: reason, by: rule)
        }
    }

    /// An event holds 65,536 bytes, and a reason comes from a list: a guess that leaves room for all else.
    private static let longestReason = 1_000

    private mutating func ban(_ user: UserID, in room: RoomID, reason: String, by rule: PolicyRule) {
        let action = Action.ban(user, in: room, reason: reason.cut(to: Self.longestReason))
        if let open = queue.row(wishing: action), open.isDesire {
            if open.action == action { return open.status == .parked ? revive(open) : () }
            if queue.isInFlight(open.id) { return }
        }
        let cause = Cause.policy(event: rule.source.event, list: rule.source.list, sender: rule.source.sender)
        if settings.isDryRun, !simulated.insert("ban \(room) \(user)").inserted { return }
        let problem = powerProblem(.ban, of: user, in: room)
        let spoke = activity.spokeLately(user, in: room, at: now.monotonic)
        let row = enqueue(
            action,
            because: cause,
            lane: spoke ? .urgentBans : .bans,
            isDesire: true,
            parkedBecause: problem
        )
        if let row = queue.rows[row] { wave.note(row, at: now) }
    }

    // MARK: Who is not to be banned

    func isSpared(_ user: UserID) -> Bool { bot.spares(user, rooms) }

    /// Whether a ban there would change anything.
    func isBannable(_ user: UserID, in room: RoomID) -> Bool {
        bot.protects(room) && bot.joined.contains(room)
            && rooms.membership(of: user, in: room)?.isPresent == true
    }
}
