package import Moderation
import Glibc
import SQLite

/// The store of one bot: `draupnir.db` in its data folder, and nobody else's while this lives.
///
/// Blocks a thread of its own and no other. A power cut may take the newest commits back, all of each and newest first.
package actor SQLiteStore: Store {
    private let executor = QueueExecutor(label: "storage")
    private let path: String
    private let report: @Sendable (Damage) -> Void
    private let nonce: String
    private var lastRowID: Int64
    // Closed in this order: the lock goes last.
    private var connection: Connection?
    private var lock: FolderLock?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Opens the database, makes it where there is none, and brings it up to this release's schema.
    ///
    /// Blocks the calling thread meanwhile: some milliseconds, and after a power cut as long as reading the file takes.
    /// `report` hears of rows that could not be read, once for each load that met any: they are left out, never the rest.
    /// `busyTimeout` is how long another program's lock is waited for; the 5 s are a guess.
    package init(
        dataPath: String,
        busyTimeout: Duration = .seconds(5),
        report: @escaping @Sendable (Damage) -> Void
    ) throws(StorageError) {
        let path = dataPath + "/draupnir.db"
        try makeFolder(dataPath)
        let lock = try FolderLock(folder: dataPath)
        do {
            let connection = try openDatabase(path, busyTimeout)
            let meta = MetaTable(connection: connection)
            nonce = try meta.nonce()
            lastRowID = max(
                try meta.value(.lastRowID, as: Int64.self) ?? 0,
                try JournalTable(connection: connection).highestID()
            )
            self.connection = connection
        } catch {
            throw storageError(error, path)
        }
        self.path = path
        self.report = report
        self.lock = lock
    }

    /// Writes what is left to write and lets go of the folder; what is asked for afterwards is refused.
    package func close() {
        connection = nil
        lock = nil
    }

    package func load() throws -> StoredState {
        var damage = Damage()
        let state = try using { connection in
            let meta = MetaTable(connection: connection)
            var state = StoredState()
            state.position = try meta.value(.position, as: String.self)
            state.rooms = try RoomTable(connection: connection).load(noting: &damage)
            state.openRows = try JournalTable(connection: connection).openRows(noting: &damage)
            state.lastRowID = lastRowID
            state.documents = try DocumentTable(connection: connection).load(noting: &damage)
            state.nonce = nonce
            return state
        }
        if damage.count > 0 { report(damage) }
        return state
    }

    package func commit(_ changeset: Changeset) throws {
        let newest = changeset.rows.reduce(lastRowID) { max($0, $1.id) }
        try using { connection in
            guard !changeset.isEmpty else { return }
            try connection.transaction {
                let meta = MetaTable(connection: connection)
                if let position = changeset.position { try meta.set(.position, to: position) }
                try RoomTable(connection: connection).write(changeset.rooms)
                try JournalTable(connection: connection).write(changeset.rows)
                try DocumentTable(connection: connection).write(changeset.documents)
                if newest > lastRowID { try meta.set(.lastRowID, to: newest) }
            }
        }
        lastRowID = newest
    }

    package func journal(limit: Int) throws -> [JournalRow] {
        var damage = Damage()
        let rows = try using { connection in
            try JournalTable(connection: connection).newestClosed(limit, noting: &damage)
        }
        if damage.count > 0 { report(damage) }
        return rows
    }

    /// Deletes closed rows that ended before a time, in milliseconds since 1970, and says how many.
    ///
    /// Commits get their turn between one thousand rows and the next.
    @discardableResult
    package func prune(before time: Int64) async throws -> Int {
        var deleted = 0
        var cursor: Int64? = 0
        while let after = cursor {
            let step = try using { try JournalTable(connection: $0).prune(before: time, after: after) }
            deleted += step.deleted
            cursor = step.next
            await Task.yield()
        }
        return deleted
    }

    /// Caps the size of the database, so that a test can fill the disk.
    package func limitSize(toPages pages: Int) throws {
        try using { try $0.execute("PRAGMA max_page_count = \(pages)") }
    }

    private func using<Value>(_ body: (Connection) throws -> Value) throws(StorageError) -> Value {
        guard let connection else { throw .closed }
        do { return try body(connection) } catch { throw storageError(error, path) }
    }
}

/// Opens the file, which only its owner may read, and looks it through where the last process did not close it.
///
/// SQLite removes its log when it closes: a log that is still there is the mark of a kill or a power cut, and only a power
/// cut on a disk that lies about its writes can have hurt the file. The journal is left out of the check, since it may be
/// large and little of it is read at the start.
private func openDatabase(_ path: String, _ busyTimeout: Duration) throws -> Connection {
    Glibc.close(try openFile(path))  // SQLite would take a file that it may only read
    let wasClosed = !isFilled(path + "-wal")
    let connection = try Connection(path: path, durability: .normal, busyTimeout: busyTimeout)
    try connection.execute("PRAGMA cell_size_check = ON; PRAGMA journal_size_limit = 16777216")
    if !wasClosed { try check(connection) }
    try connection.migrate(migrations)
    return connection
}

private func check(_ connection: Connection) throws(DatabaseError) {
    let tables = try connection.statement("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'journal'")
        .all { row throws(DatabaseError) in try row.value(0, as: String.self) }
    for table in tables {
        if let problem = try connection.integrityProblems(ofTable: table).first { throw .corrupt(problem) }
    }
}

private func isFilled(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_size > 0
}

private func storageError(_ error: any Error, _ path: String) -> StorageError {
    switch error {
    case let error as StorageError: error
    case let error as DatabaseError: StorageError(error, path: path)
    default: .failed(path: path, detail: "\(error)")
    }
}
