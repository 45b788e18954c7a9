package import MatrixCore
package import Protections

/// All rows that are open: what is wanted and not yet known to be so.
///
/// A value: it decides which row goes next and does nothing. Rows become visible to `next` only once they were committed.
package struct ActionQueue: Sendable {
    package private(set) var rows: [Int64: JournalRow] = [:]
    /// Stops what is computed from policy; what a person asks for, and what the bot needs to know, goes on.
    package var isPaused = false

    private var byKey: [QueueKey: Int64] = [:]
    private var lanes: [Lane: LaneQueue] = [:]
    private var uncommitted: Set<Int64> = []
    private var parkedByRoom: [RoomID: Set<Int64>] = [:]
    /// Rows that must not be sent before a time on the monotonic clock.
    private var delayed: [Int64: Duration] = [:]
    private var urgencies: [Int64: RoomUrgency] = [:]
    private var inFlight: [Int64: Claim] = [:]
    private var claimed: Set<Claim> = []
    private var readsInFlight: Set<Int64> = []
    /// Whole states of rooms, and gaps, asked for at once: each may be some hundred megabytes.
    private static let maximumReads = 2
    /// Permits given to other work since the last answer to a person.
    private var permitsSinceAnswer = 9

    package init() {}

    // MARK: Coming in

    /// The open row that wishes the same, where there is one.
    package func row(wishing action: Action) -> JournalRow? {
        QueueKey(action).flatMap { byKey[$0] }.flatMap { rows[$0] }
    }

    /// The open rows that an action makes void.
    package func rowsCancelled(by action: Action) -> [JournalRow] {
        QueueKey.cancelled(by: action).compactMap { byKey[$0] }.compactMap { rows[$0] }
    }

    /// Takes in a new row, or the new form of one that is here.
    package mutating func put(_ row: JournalRow, urgency: RoomUrgency = RoomUrgency(), notBefore: Duration? = nil) {
        let isOnDisk = rows[row.id] != nil && !uncommitted.contains(row.id)
        unqueue(row.id)
        rows[row.id] = row
        guard row.status.isOpen else { return remove(row.id) }
        urgencies[row.id] = urgency
        // An older row of the same wish may still be under way when the newer one comes, and may change after it.
        if let key = QueueKey(row), byKey[key] ?? row.id <= row.id { byKey[key] = row.id }
        if !isOnDisk { uncommitted.insert(row.id) }
        if row.status == .pending {
            delayed[row.id] = notBefore
            queue(row.id)
        } else if let room = row.action.room {
            parkedByRoom[room, default: []].insert(row.id)
        }
    }

    /// What was taken in before this may be sent now: it is on disk.
    package mutating func markCommitted() {
        let new = uncommitted.sorted()
        uncommitted = []
        for id in new where rows[id]?.status == .pending { queue(id) }
    }

    /// Takes a row out for good; one in flight keeps its room busy until `landed`.
    package mutating func remove(_ id: Int64) {
        guard let row = rows[id] else { return }
        unqueue(id)
        if let key = QueueKey(row), byKey[key] == id { byKey[key] = nil }
        rows[id] = nil
        urgencies[id] = nil
        delayed[id] = nil
    }

    // MARK: Going out

    /// The row to send now, which counts as in flight until `landed`.
    ///
    /// Without `sendsDesires`, as before it is known what is to be enforced, what is computed from policy waits.
    package mutating func next(at now: Duration, sendsDesires: Bool = true) -> JournalRow? {
        ripen(at: now)
        let areReadsFree = readsInFlight.count < Self.maximumReads
        let holdsDesires = isPaused || !sendsDesires
        let mayGo = { [claimed, rows] (_: RoomID?, id: Int64) in
            guard let row = rows[id], !(holdsDesires && row.isDesire) else { return false }
            return row.action.isRead ? areReadsFree : !claimed.contains(Claim(row.action))
        }
        let work = Lane.allCases.filter { $0 != .answers }
        let answer = { (queue: inout Self) in queue.lanes[.answers]?.takeFirst(where: mayGo) }
        var id: Int64?
        if permitsSinceAnswer >= 9 { id = answer(&self) }
        if id == nil {
            for lane in work {
                id = lanes[lane]?.takeFirst(where: mayGo)
                if id != nil { break }
            }
            if id != nil { permitsSinceAnswer += 1 } else { id = answer(&self) }
        }
        guard let id, let row = rows[id] else { return nil }
        if row.lane == .answers { permitsSinceAnswer = 0 }
        let claim = row.action.isRead ? .nothing : Claim(row.action)
        inFlight[id] = claim
        if row.action.isRead { readsInFlight.insert(id) }
        if claim != .nothing { claimed.insert(claim) }
        return row
    }

    /// An answer for the row has come, whatever it was.
    package mutating func landed(_ id: Int64) {
        guard let claim = inFlight.removeValue(forKey: id) else { return }
        readsInFlight.remove(id)
        claimed.remove(claim)
    }

    /// Queues a row anew that came back undone; nothing of it changes.
    package mutating func retry(_ id: Int64, at time: Duration?) {
        guard rows[id]?.status == .pending else { return }
        delayed[id] = time
        queue(id, first: true)
    }

    package func isInFlight(_ id: Int64) -> Bool { inFlight[id] != nil }

    /// What is being sent right now.
    package var rowsInFlight: [JournalRow] { inFlight.keys.sorted().compactMap { rows[$0] } }

    var hasRowsInFlight: Bool { !inFlight.isEmpty }

    /// When the next delayed row ripens.
    package var nextRipening: Duration? { delayed.values.min() }

    // MARK: Looking

    package func rowsParked(in room: RoomID) -> [JournalRow] {
        (parkedByRoom[room] ?? []).sorted().compactMap { rows[$0] }
    }

    package var parkedRooms: [RoomID: Set<Int64>] { parkedByRoom }

    /// How many rows wait in each lane, those in flight included and those parked not.
    package var depth: [Lane: Int] {
        var depth: [Lane: Int] = [:]
        for row in rows.values where row.status == .pending { depth[row.lane, default: 0] += 1 }
        return depth
    }

    /// Whether sanctions are under way: then sync leaves the homeserver room for them.
    ///
    /// A few that are on their way are no wave: news may come meanwhile.
    package var hasWave: Bool {
        guard !isPaused else { return false }
        let sanctions: Set<Lane> = [.urgentBans, .bans, .redactions]
        if sanctions.contains(where: { lanes[$0]?.isEmpty == false }) { return true }
        return inFlight.keys.count { id in rows[id].map { sanctions.contains($0.lane) } ?? false } > 3
    }

    // MARK: Inside

    private mutating func queue(_ id: Int64, first: Bool = false) {
        guard delayed[id] == nil, !uncommitted.contains(id), let row = rows[id] else { return }
        lanes[row.lane, default: LaneQueue()]
            .add(id, room: row.action.room, urgency: urgencies[id] ?? RoomUrgency(), first: first)
    }

    private mutating func unqueue(_ id: Int64) {
        guard let row = rows[id] else { return }
        lanes[row.lane]?.remove(id, room: row.action.room)
        if let room = row.action.room {
            parkedByRoom[room]?.remove(id)
            if parkedByRoom[room]?.isEmpty == true { parkedByRoom[room] = nil }
        }
        delayed[id] = nil
        uncommitted.remove(id)
    }

    private mutating func ripen(at now: Duration) {
        guard !delayed.isEmpty else { return }
        let ripe = delayed.filter { $0.value <= now }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        for (id, _) in ripe {
            delayed[id] = nil
            if rows[id]?.status == .pending { queue(id) }
        }
    }
}
