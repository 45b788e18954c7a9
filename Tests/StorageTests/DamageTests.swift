import Foundation
import MatrixCore
import Moderation
import SQLite
import Storage
import TestSupport
import Testing

/// What bad bytes cost: a row where only the row is bad, the start where the file is.
@Suite(.timeLimit(.minutes(1))) struct DamageTests {
    let scratch: Scratch
    let damage = DamageLog()

    init() throws { scratch = try Scratch() }

    private func open(_ path: String? = nil) throws(StorageError) -> SQLiteStore {
        try SQLiteStore(dataPath: path ?? scratch.path, report: damage.note)
    }

    private static let content: Changeset = {
        var content = changes {
            $0.snapshot = [UInt8](repeating: 7, count: 20_000)
            $0.members = (0..<500).map { MemberChange(user: user($0), record: 1) }
            $0.state = [event("$1", .name, ""), event("$2", .powerLevels, "")]
        }
        content.rooms["!other"] = changes { $0.snapshot = [1] }.rooms.values.first
        content.rows = [row(1), row(2, status: .parked), row(3, status: .done)]
        content.documents = ["a": [1], "b": [2]]
        return content
    }()

    @Test(arguments: [
        (
            "UPDATE room SET room_id = 'no room' WHERE room_id = '!other'", "room", "no room",
            "wrongSigil(expected: \"!\")"
        ),
        (
            "UPDATE member_delta SET record = 256 WHERE user_id = '@u0:b.example'", "member_delta",
            "!a:b.example @u0:b.example", "column record: 256 is out of range"
        ),
        (
            "UPDATE state_event SET sender = CAST(x'40ff3a62' AS TEXT) WHERE type = 'm.room.name'", "state_event",
            "!a:b.example m.room.name ", "column sender: no UTF-8"
        ),
        ("UPDATE journal SET status = 'dreamt' WHERE id = 2", "journal", "2", "unknownStatus(\"dreamt\")"),
        ("UPDATE journal SET lane = 70 WHERE id = 2", "journal", "2", "unknownLane(70)"),
        ("UPDATE journal SET verb = 'sing' WHERE id = 2", "journal", "2", "unknownVerb(\"sing\")"),
        ("UPDATE journal SET cause = 'whim' WHERE id = 2", "journal", "2", "unknownCause(\"whim\")"),
        ("UPDATE journal SET target = NULL WHERE id = 2", "journal", "2", "column target: expected text, found null"),
        ("UPDATE document SET name = CAST(x'ff' AS TEXT) WHERE name = 'b'", "document", "?", "column name: no UTF-8"),
    ])
    func `a row that cannot be read costs that row`(
        _ sql: String,
        table: String,
        key: String,
        reason: String
    ) async throws {
        let whole = try open()
        try await whole.commit(Self.content)
        let before = try await whole.load()
        await whole.close()
        try Connection(path: scratch.database).execute(sql)

        let store = try open()
        let after = try await store.load()
        #expect(damage.all.map(\.count) == [1])
        #expect(damage.all.first?.examples.map(\.table) == [table])
        #expect(damage.all.first?.examples.map(\.key) == [key])
        #expect(damage.all.first?.examples.map(\.reason) == [reason])
        func parts(_ state: StoredState) -> [Int] {
            [
                state.rooms.count, state.rooms.first?.members.count ?? 0, state.rooms.first?.state.count ?? 0,
                state.openRows.count, state.documents.count,
            ]
        }
        let lost = zip(parts(before), parts(after)).map { $0 - $1 }
        #expect(lost.reduce(0, +) == 1)
        #expect(after.lastRowID == 3)
    }

    @Test func `a closed row that cannot be read costs that row of the journal`() async throws {
        let store = try open()
        try await store.commit(changeset(rows: [row(1, status: .done), row(2, status: .done)]))
        try Connection(path: scratch.database).execute(
            "UPDATE journal SET asked_at = 5, cause_text = NULL WHERE id = 2"
        )
        #expect(try await store.journal(limit: 5).map(\.id) == [1])
        #expect(damage.all.map(\.count) == [1])
    }

    @Test func `many bad rows are counted, and some are named`() async throws {
        let store = try open()
        try await store.commit(Self.content)
        try Connection(path: scratch.database).execute("UPDATE member_delta SET record = -1")
        #expect(try await store.load().rooms.first?.members == [])
        #expect(damage.all.map(\.count) == [500])
        #expect(damage.all.first?.examples.count == Damage.maximumExamples)
    }

    @Test func `a file that is no database stops the start`() throws {
        try Data(repeating: 0x41, count: 8_192).write(to: URL(filePath: scratch.database))
        #expect(throws: StorageError.damaged(path: scratch.database, detail: "file is not a database")) { try open() }
    }

    @Test(arguments: [2, 3, 4, 12])
    func `pages that were overwritten are told, and nothing is loaded`(_ firstPage: Int) async throws {
        let whole = try open()
        try await whole.commit(Self.content)
        await whole.close()
        try overwritePages(of: scratch.database, from: firstPage)
        await #expect {
            try await open().load()
        } throws: { error in
            guard case StorageError.damaged(scratch.database, _) = error else { return false }
            return true
        }
    }

    @Test func `pages that a power cut spoilt are told before anything is written`() async throws {
        let whole = try open()
        try await whole.commit(Self.content)
        await whole.close()
        let killed = try open()
        try await killed.commit(Changeset(position: "s2"))
        // As the disk has it while the store is open: the log not yet folded in.
        let copy = scratch.path + "/copy"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        for name in ["/draupnir.db", "/draupnir.db-wal"] {
            try FileManager.default.copyItem(atPath: scratch.path + name, toPath: copy + name)
        }
        let sound = try open(copy)
        #expect(try await sound.load().position == "s2")
        await sound.close()

        for name in ["/draupnir.db", "/draupnir.db-wal"] {
            try? FileManager.default.removeItem(atPath: copy + name)
            try FileManager.default.copyItem(atPath: scratch.path + name, toPath: copy + name)
        }
        try overwritePages(of: copy + "/draupnir.db", from: 12)
        #expect {
            try open(copy)
        } throws: { error in
            guard case StorageError.damaged(copy + "/draupnir.db", _) = error else { return false }
            return true
        }
        await killed.close()
    }
}

private func user(_ number: Int) -> UserID {
    do { return try UserID(parsing: "@u\(number):b.example") } catch { preconditionFailure("\(error)") }
}

/// Fills all pages from a number on (the first is 1) with nonsense.
private func overwritePages(of path: String, from page: Int) throws {
    let pageSize = 4_096
    let file = try FileHandle(forUpdating: URL(filePath: path))
    defer { try? file.close() }
    let end = try file.seekToEnd()
    try file.seek(toOffset: UInt64((page - 1) * pageSize))
    try file.write(contentsOf: Data(repeating: 0xA5, count: Int(end) - (page - 1) * pageSize))
}
