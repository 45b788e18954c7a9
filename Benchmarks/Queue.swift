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

    try await measureCommit(rows, report)
}

private func measureCommit(_ rows: [JournalRow], _ report: Report) async throws {
    try await withFolder { folder in
        let store = try SQLiteStore(dataPath: folder) { keep($0) }
        var best = (processor: Duration.seconds(60), clock: Duration.seconds(60), single: Duration.seconds(60))
        for round in 0..<10 {
            var changes = Changeset()
            changes.rows = rows.map { $0.numbered($0.id + Int64(round * rows.count)) }
            let (clock, start) = (ContinuousClock.now, processorTime())
            try await store.commit(changes)
            best.processor = min(best.processor, processorTime() - start)
            best.clock = min(best.clock, ContinuousClock.now - clock)
            let single = ContinuousClock.now
            try await store.commit(Changeset(position: "s\(round)"))
            best.single = min(best.single, ContinuousClock.now - single)
        }
        report.line(
            "commit of 1,000 bans",
            text(best.processor),
            beside: "clock \(text(best.clock)), one value \(text(best.single))"
        )
        await store.close()
    }
}

extension JournalRow {
    fileprivate func numbered(_ id: Int64) -> JournalRow {
        JournalRow(id: id, action: action, cause: cause, lane: lane, isDesire: isDesire, askedAt: askedAt)
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
