import SQLite

/// Single values of the database as a whole.
struct MetaTable {
    enum Key: String {
        case position
        /// The highest journal row ID ever given out, pruned rows included.
        case lastRowID = "last_row_id"
        case nonce
    }

    let connection: Connection

    func value<Value: ColumnValue>(_ key: Key, as type: Value.Type) throws(DatabaseError) -> Value? {
        try connection.statement("SELECT value FROM meta WHERE key = ?").all(key.rawValue) {
            row throws(DatabaseError) in try row.value(0, as: Value.self)
        }.first
    }

    func set(_ key: Key, to value: some ColumnValue) throws(DatabaseError) {
        try connection.statement("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)").run(key.rawValue, value)
    }

    /// The database's own name, made at the first call.
    func nonce() throws -> String {
        if let nonce = try value(.nonce, as: String.self) { return nonce }
        var generator = SystemRandomNumberGenerator()
        let digits = String(generator.next(), radix: 16)
        let nonce = String(repeating: "0", count: 16 - digits.utf8.count) + digits
        try connection.transaction { try set(.nonce, to: nonce) }
        return nonce
    }
}
