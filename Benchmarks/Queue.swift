import MatrixCore
import Moderation
import Protections
import Storage

/// A thousand bans: queued, written to the disk, and taken out one after the other.
func measureQueue(_ report: Report) async throws {
    let rows = try (0..<1_000).map { number in
        JournalRow(
            id: Int64(number + 1),
            action: .ban(
                try UserID(parsing: MadeUpState.user(number)),
                in: try RoomID(parsing: "!room\(number):bench.example"),
                reason: "spam"
            ),
            cause: .policy(
                event: try EventID(parsing: "$rule"),
                list: try RoomID(parsing: Community.list),
                sender: try UserID(parsing: MadeUpState.moderator)
            ),
            lane: .bans,
            isDesire: true,
            askedAt: 1_764_100_000_000
        )
    }
    try measureOrder(rows, "1,000 bans in 1,000 rooms", report)
    let crowd = try (0..<10_000).map { number in
        JournalRow(
            id: Int64(number + 1),
            action: .ban(
                try UserID(parsing: MadeUpState.user(number)),
                in: try RoomID(parsing: "!room\(number % 1_000):bench.example"),
                reason: "spam"
            ),
            cause: rows[0].cause,
            lane: .bans,
            isDesire: true,
            askedAt: 1_764_100_000_000
        )
    }
    try measureOrder(crowd, "10,000 bans in 1,000 rooms", report)

    try await withFolder { folder in
        let store = try SQLiteStore(dataPath: folder) { keep($0) }
        var changes = Changeset()
        changes.rows = rows
        let (clock, start) = (ContinuousClock.now, processorTime())
        try await store.commit(changes)
        let (time, elapsed) = (processorTime() - start, ContinuousClock.now - clock)
        var empty = Changeset()
        let least = ContinuousClock.now
        empty.position = "s1"
        try await store.commit(empty)
        report.line(
            "commit of 1,000 bans",
            text(time),
            beside: "clock \(text(elapsed)), one row \(text(ContinuousClock.now - least))"
        )
        await store.close()
    }
}

private func measureOrder(_ rows: [JournalRow], _ what: String, _ report: Report) throws {
    let bare = best {
        var table: [Int64: JournalRow] = [:]
        for row in rows { table[row.id] = row }
        for row in rows { table[row.id] = nil }
    }
    let time = best {
        var queue = ActionQueue()
        for row in rows { queue.put(row) }
        queue.markCommitted()
        var count = 0
        while let row = queue.next(at: .seconds(1)) {
            queue.landed(row.id)
            queue.remove(row.id)
            count += 1
        }
        precondition(count == rows.count, "the queue lost rows")
    }
    report.line("queue, \(what): put, take, remove", text(time), beside: "bare dictionary \(text(bare))")
}
