import SQLite

/// Why the database cannot be opened, read or written, told apart by what the operator can do about it.
package enum StorageError: Error, Sendable, Equatable {
    /// Another process, or another store of this one, has the folder; `holder` is its process ID where it could be read.
    case secondInstance(folder: String, holder: Int32?)
    case notWritable(path: String, reason: String)
    case damaged(path: String, detail: String)
    case newerSchema(path: String, found: Int, known: Int)
    case diskFull(path: String)
    /// A program that does not know our lock, such as an `sqlite3` shell, kept the file locked for seconds.
    case inUse(path: String)
    case failed(path: String, detail: String)
    /// The store was closed before.
    case closed
}

extension StorageError: CustomStringConvertible {
    /// What an operator is told: what is wrong, with which file, and what helps.
    package var description: String {
        switch self {
        case .secondInstance(let folder, let holder):
            """
            Another Draupnir\(holder.map { " (process \($0))" } ?? "") is running on \(folder). Stop it first, \
            or give this one a dataPath of its own.
            """
        case .notWritable(let path, let reason):
            """
            \(path) cannot be written: \(reason). Make it writable for the user that Draupnir runs as, or set dataPath \
            to a folder that is.
            """
        case .damaged(let path, let detail):
            """
            The database \(path) is damaged (\(detail)). Check the disk, then restore the file from a backup. Without one, \
            move it away together with \(path)-wal: Draupnir then reads its rooms from the homeserver anew; \
            what is lost is the record of its past actions.
            """
        case .newerSchema(let path, let found, let known):
            """
            The database \(path) was written by a newer Draupnir (schema \(found), this one knows \(known)). \
            Start the newer release again, or restore the backup that was made before it.
            """
        case .diskFull(let path):
            "No space is left for \(path). Free some on its disk; what was stored before is intact."
        case .inUse(let path):
            "Another program keeps \(path) locked. Close it: an sqlite3 shell, a backup or a file manager."
        case .failed(let path, let detail):
            "Reading or writing \(path) failed: \(detail). Look at the disk and at the kernel's log (dmesg)."
        case .closed:
            "The database was used after it was closed."
        }
    }

    /// One of a fixed set, for a metric.
    package var metricLabel: String {
        switch self {
        case .secondInstance: "second_instance"
        case .notWritable: "not_writable"
        case .damaged: "damaged"
        case .newerSchema: "newer_schema"
        case .diskFull: "disk_full"
        case .inUse: "in_use"
        case .failed: "failed"
        case .closed: "closed"
        }
    }
}

extension StorageError {
    init(_ error: DatabaseError, path: String) {
        self =
            switch error {
            case .busy: .inUse(path: path)
            case .diskFull: .diskFull(path: path)
            case .readOnly(let reason), .cannotOpen(_, let reason): .notWritable(path: path, reason: reason)
            case .corrupt(let detail): .damaged(path: path, detail: detail)
            case .newerSchema(let found, let known): .newerSchema(path: path, found: found, known: known)
            case .inputOutput(let detail): .failed(path: path, detail: detail)
            case .constraint, .columnType, .invalidText, .columnMissing, .outOfRange, .other:
                .failed(path: path, detail: error.description)
            }
    }
}
