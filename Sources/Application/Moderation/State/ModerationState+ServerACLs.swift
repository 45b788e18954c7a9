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
        guard phase == .enforcing else { return }
        if serverBansChanged {
            compiledACL = nil
            roomsToCheckACL = Set(bot.protectedRooms)
        }
        defer {
            serverBansChanged = false
            roomsToCheckACL = []
        }
        guard bot.appliesServerBans, !roomsToCheckACL.isEmpty else { return }
        let compiled = compiledACL ?? compileServerACL()
        compiledACL = compiled
        tellLeftOut(compiled.leftOut)
        let cause = aclCause
        // Rooms of one community have the same ACL, so what is worked out for one serves the others.
        var merges: [ACLStanding: ServerACLMerge] = [:]
        for room in roomsToCheckACL.sorted() where bot.protects(room) && bot.joined.contains(room) {
            guard let known = rooms[room], known.authority.creation != nil, loading[room] == nil else { continue }
            let event = known.state[StateKey(.serverACL)]
            let standing = ACLStanding(
                content: event?.content,
                isOwn: event?.sender == bot.user,
                ours: ownACLEntries[room]
            )
            let merge =
                merges[standing]
                ?? compiled.merged(
                    into: event.flatMap { CurrentServerACL($0, bot: bot.user) },
                    ours: ownACLEntries[room]
                )
            merges[standing] = merge
            setServerACL(merge, because: cause, in: room)
        }
    }

    func compileServerACL() -> CompiledServerACL {
        let present = Dictionary(
            rooms.presentServers.map { ($0.server, $0.users) },
            uniquingKeysWith: { first, _ in first }
        )
        return ServerACLCompiler(ownServer: bot.user.server, presentUsers: present).compile(policies.serverBans)
    }

    private mutating func setServerACL(_ merge: ServerACLMerge, because cause: Cause, in room: RoomID) {
        // With the same commit that asks for the sending: a lost request then leaves no entry that nobody owns. Nor does
        // an earlier one that comes true late, as long as none is on its way any more.
        let isOnItsWay = queue.row(wishing: .setServerACL(ServerACLContent(), in: room)) != nil
        var ours = merge.ours
        if merge.content != nil || isOnItsWay {
            ours = Set((ours + (ownACLEntries[room] ?? [])).map(ByteText.init)).map(\.text)
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        }
        if ownACLEntries[room] != ours, !settings.isDryRun {
            ownACLEntries[room] = ours
            write(.ownACLEntries(room), .array(ours.map { .string($0) }))
        }
        guard let content = merge.content else {
            if let open = queue.row(wishing: .setServerACL(ServerACLContent(), in: room)), !queue.isInFlight(open.id) {
                close(open, .dropped, "what stands there is right")
            }
            return
        }
        if settings.isDryRun, !simulated.insert("acl \(room) \(content.deny)").inserted { return }
        // Changes that come one after the other do not put it off for ever.
        if serverACLsDue <= now.monotonic { serverACLsDue = now.monotonic + Self.settling }
        let row = enqueue(
            .setServerACL(content, in: room),
            because: cause,
            lane: .serverACLs,
            isDesire: true,
            delay: serverACLsDue - now.monotonic,
            parkedBecause: aclPowerProblem(in: room)
        )
        if let row = queue.rows[row] { wave.note(row, at: now) }
    }

    /// An ACL is made of many rules; the newest of them is named.
    private var aclCause: Cause {
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
        roomsToCheckACL.insert(room)
    }
}

/// What a merge depends on beside the rules.
private struct ACLStanding: Hashable {
    let content: [UInt8]?
    let isOwn: Bool
    let ours: [String]?
}
