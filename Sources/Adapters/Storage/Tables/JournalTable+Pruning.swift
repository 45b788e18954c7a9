import SQLite

extension JournalTable {
    /// Deletes closed rows that ended before a time, looking at the next thousand rows behind `cursor`.
    ///
    /// Returns how many went, and the new cursor: nil where all that follow are younger. IDs rise with time, so what is
    /// looked at is what is old, and not the whole journal.
    func prune(before time: Int64, after cursor: Int64) throws -> (deleted: Int, next: Int64?) {
        let window = try connection.statement(
            """
            SELECT max(id), min(oldest) FROM (
                SELECT id, min(asked_at, coalesce(done_at, asked_at)) AS oldest
                FROM journal WHERE id > ? ORDER BY id LIMIT 1000
            )
            """
        ).all(cursor) { row throws(DatabaseError) in
            (last: try row.value(0, as: Int64?.self), oldest: try row.value(1, as: Int64?.self))
        }.first
        guard let last = window?.last, let oldest = window?.oldest, oldest < time else { return (0, nil) }
        try connection.statement(
            """
            DELETE FROM journal
            WHERE id > ? AND id <= ? AND \(isClosed) AND coalesce(done_at, asked_at) < ?
            """
        ).run(cursor, last, time)
        return (connection.changedRows, last)
    }
}
