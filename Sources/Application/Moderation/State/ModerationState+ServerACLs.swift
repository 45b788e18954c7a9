import Commands
import JSON
import MatrixCore
import PolicyEngine
import Protections
import RoomState

/// Server ACLs: compiled once from the rules of all lists, merged into what stands in each room.
extension ModerationState {
    /// How long a burst of rules is given to end before ACLs are sent; a guess.
    private static let settling: Duration = .milliseconds(300)

    mutating func settleServerACLs() {
        guard phase == .enforcing, serverBansChanged else { return }
        serverBansChanged = false
        guard bot.appliesServerBans else { return }
        let compiled = compileServerACL()
        tellLeftOut(compiled.leftOut)
        for room in bot.guardedRooms where bot.joined.contains(room) { setServerACL(compiled, in: room) }
    }

    func compileServerACL() -> CompiledServerACL {
        let present = Dictionary(
            rooms.presentServers.map { ($0.server, $0.users) },
            uniquingKeysWith: { first, _ in first }
        )
        return ServerACLCompiler(ownServer: bot.user.server, presentUsers: present).compile(policies.serverBans)
    }

    private mutating func setServerACL(_ compiled: CompiledServerACL, in room: RoomID) {
        guard let known = rooms[room], known.authority.creation != nil, loading[room] == nil else { return }
        let standing = known.state[StateKey(.serverACL)].flatMap { CurrentServerACL($0, bot: bot.user) }
        let merge = compiled.merged(into: standing, ours: ownACLEntries[room])
        guard let content = merge.content else {
            if let open = queue.row(wishing: .setServerACL(ServerACLContent(), in: room)), !queue.isInFlight(open.id) {
                close(open, .dropped, "what stands there is right")
            }
            return
        }
        if settings.isDryRun, !simulated.insert("acl \(room) \(content.deny)").inserted { return }
        if ownACLEntries[room] != merge.ours, !settings.isDryRun {
            ownACLEntries[room] = merge.ours
            write(.ownACLEntries(room), .array(merge.ours.map { .string($0) }))
        }
        let row = enqueue(
            .setServerACL(content, in: room),
            because: aclCause(compiled),
            lane: .serverACLs,
            isDesire: true,
            delay: Self.settling,
            parkedBecause: aclPowerProblem(in: room)
        )
        if let row = queue.rows[row] { wave.note(row, at: now) }
    }

    /// An ACL is made of many rules; the newest of them is named.
    private func aclCause(_ compiled: CompiledServerACL) -> Cause {
        guard let newest = policies.serverBans.max(by: { $0.source.timestamp < $1.source.timestamp }) else {
            return .upkeep("server rules went")
        }
        return .policy(event: newest.source.event, list: newest.source.list, sender: newest.source.sender)
    }

    func aclPowerProblem(in room: RoomID) -> String? {
        guard let authority = rooms[room]?.authority else { return nil }
        do throws(PowerProblem) {
            try authority.checkSending(state: .serverACL, by: bot.user)
            return nil
        } catch {
            return error.words
        }
    }

    /// An ACL has come: it may be what we wished, or somebody has changed it.
    mutating func noteServerACL(_ event: RoomEvent, in room: RoomID) {
        if let open = queue.row(wishing: .setServerACL(ServerACLContent(), in: room)),
            case .setServerACL(let wished, _) = open.action,
            let standing = rooms[room]?.serverACL, standing.isEquivalent(to: wished)
        {
            close(open, .done, event: event.id)
        }
        serverBansChanged = true
    }
}
