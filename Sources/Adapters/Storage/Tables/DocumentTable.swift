import SQLite

/// Small documents by name.
struct DocumentTable {
    let connection: Connection

    func write(_ documents: [String: [UInt8]?]) throws(DatabaseError) {
        let put = try connection.statement("INSERT OR REPLACE INTO document (name, content) VALUES (?, ?)")
        let remove = try connection.statement("DELETE FROM document WHERE name = ?")
        for (name, content) in documents {
            if let content { try put.run(name, content) } else { try remove.run(name) }
        }
    }

    func load(noting damage: inout Damage) throws(DatabaseError) -> [String: [UInt8]] {
        var documents: [String: [UInt8]] = [:]
        try connection.statement("SELECT name, content FROM document").forEach { row in
            do {
                documents[try row.value(0)] = try row.value(1, as: [UInt8].self)
            } catch { damage.note("document", row.key(0), error) }
        }
        return documents
    }
}
