import MatrixCore
import Moderation
import SQLite

/// The queue and the journal, which are one table: a row is in the queue while it is open.
struct JournalTable {
    let connection: Connection

    func write(_ rows: [JournalRow]) throws {
        guard !rows.isEmpty else { return }
        let put = try connection.statement(
            """
            INSERT OR REPLACE INTO journal (\(columns))
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        )
        for row in rows {
            let action = try ActionColumns(row.action)
            let cause = CauseColumns(row.cause)
            try put.run(
                row.id,
                action.verb,
                action.room,
                action.target,
                action.reason,
                action.payload,
                cause.kind,
                cause.event,
                cause.list,
                cause.sender,
                cause.text,
                row.lane.rawValue,
                row.isDesire ? 1 : 0,
                row.run?.rawValue,
                row.askedAt,
                row.doneAt,
                row.status.rawValue,
                row.result,
                row.attempts,
                row.resultEvent?.rawValue,
                row.undoneBy
            )
        }
    }

    /// Every row that is in the queue, by ascending ID.
    func openRows(noting damage: inout Damage) throws(DatabaseError) -> [JournalRow] {
        let select = try connection.statement("SELECT \(columns) FROM journal WHERE \(isOpen) ORDER BY id")
        var rows: [JournalRow] = []
        try select.forEach { row in Self.read(row, into: &rows, noting: &damage) }
        return rows
    }

    /// Up to `limit` rows that are closed, the highest ID first; one that cannot be read counts.
    func newestClosed(_ limit: Int, noting damage: inout Damage) throws(DatabaseError) -> [JournalRow] {
        let select = try connection.statement(
            "SELECT \(columns) FROM journal WHERE \(isClosed) ORDER BY id DESC LIMIT ?"
        )
        var rows: [JournalRow] = []
        try select.forEach(max(0, limit)) { row in Self.read(row, into: &rows, noting: &damage) }
        return rows
    }

    func highestID() throws(DatabaseError) -> Int64 {
        try connection.statement("SELECT max(id) FROM journal").all { row throws(DatabaseError) in
            try row.value(0, as: Int64?.self) ?? 0
        }.first ?? 0
    }

    private static func read(_ row: Row, into rows: inout [JournalRow], noting damage: inout Damage) {
        do { rows.append(try journalRow(row)) } catch { damage.note("journal", row.key(0), error) }
    }

    private static func journalRow(_ row: Row) throws -> JournalRow {
        let lane = try row.value(11, as: Int.self)
        guard let knownLane = Lane(rawValue: lane) else { throw UnreadableRow.unknownLane(lane) }
        let status = try row.value(16, as: String.self)
        guard let knownStatus = JournalRow.Status(rawValue: status) else {
            throw UnreadableRow.unknownStatus(status)
        }
        var journalRow = JournalRow(
            id: try row.value(0),
            action: try ActionColumns.action(in: row, from: 1),
            cause: try CauseColumns.cause(in: row, from: 6),
            lane: knownLane,
            isDesire: try row.value(12, as: Int.self) != 0,
            run: try row.identifierIfPresent(13),
            askedAt: try row.value(14),
            status: knownStatus
        )
        journalRow.doneAt = try row.value(15)
        journalRow.result = try row.value(17)
        journalRow.attempts = try row.value(18)
        journalRow.resultEvent = try row.identifierIfPresent(19)
        journalRow.undoneBy = try row.value(20)
        return journalRow
    }
}

/// In the order in which `write` binds and `journalRow` reads them.
private let columns = """
    id, verb, room_id, target, reason, payload, cause, cause_event, cause_list, cause_sender, cause_text, \
    lane, is_desire, run, asked_at, done_at, status, result, attempts, result_event, undone_by
    """

let isClosed = "status IN ('done', 'failed', 'dropped', 'simulated')"
/// As the partial index `journal_open` has it, or SQLite does not use the index.
private let isOpen = "status NOT IN ('done', 'failed', 'dropped', 'simulated')"
