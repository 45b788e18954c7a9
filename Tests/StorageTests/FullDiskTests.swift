import Foundation
import Moderation
import SQLite
import Storage
import Testing

/// A commit is whole or did not happen, whatever the disk does.
@Suite(.timeLimit(.minutes(1))) struct FullDiskTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `a full disk takes nothing back, and the same changeset goes in later`() async throws {
        let store = try SQLiteStore(dataPath: scratch.path, report: { _ in })
        var small = changeset(rows: [row(1)], position: "s1")
        small.documents = ["a": [1]]
        try await store.commit(small)
        let before = try await store.load()

        var large = changes {
            $0.forgets = true
            $0.snapshot = [UInt8](repeating: 1, count: 1 << 20)
        }
        large.position = "s2"
        large.rows = [row(1, status: .done), row(2)]
        large.documents = ["a": nil]
        try await store.limitSize(toPages: 40)
        for _ in 0..<2 {
            await #expect(throws: StorageError.diskFull(path: scratch.database)) { try await store.commit(large) }
            #expect(try await store.load() == before)
        }
        // What fits is still taken.
        try await store.commit(Changeset(position: "s1b"))

        try await store.limitSize(toPages: 100_000)
        try await store.commit(large)
        await store.close()
        let state = try await SQLiteStore(dataPath: scratch.path, report: { _ in }).load()
        #expect(state.position == "s2")
        #expect(state.rooms.map(\.snapshot.count) == [1 << 20])
        #expect(state.openRows == [row(2)])
        #expect(state.lastRowID == 2)
        #expect(state.documents.isEmpty)
    }

    /// The kernel kills the child when its log grows past the limit: in the middle of the transaction, every time.
    @Test func `what a process killed in the middle of a commit wrote is not seen`() async throws {
        await #expect(processExitsWith: .signal(SIGXFSZ)) { [path = scratch.path as String] in
            let store = try SQLiteStore(dataPath: path, report: { _ in })
            try await store.commit(changeset(rows: [row(1)], position: "s1"))
            // On a thread of the test's own making, since the store's has its signals blocked.
            try dieWriting(path + "/draupnir.db")
        }
        let log = try FileManager.default.attributesOfItem(atPath: scratch.database + "-wal")[.size] as? Int
        #expect(try #require(log) == 1 << 20)
        let store = try SQLiteStore(dataPath: scratch.path, report: { _ in })
        let state = try await store.load()
        #expect(state.position == "s1")
        #expect(state.openRows == [row(1)])
        #expect(state.rooms.isEmpty)
        try await store.commit(Changeset(position: "s2"))
        #expect(try await store.load().position == "s2")
    }

    @Test func `a write that the system refuses is told, and the same changeset goes in later`() async throws {
        await #expect(processExitsWith: .exitCode(7)) { [path = scratch.path as String] in
            let store = try SQLiteStore(dataPath: path, report: { _ in })
            try await store.commit(Changeset(position: "s1"))
            _ = signal(SIGXFSZ, SIG_IGN)
            limitFiles(to: 1 << 20)
            var large = changes { $0.snapshot = [UInt8](repeating: 1, count: 8 << 20) }
            large.position = "s2"
            let expected = StorageError.failed(path: path + "/draupnir.db", detail: "disk I/O error: File too large")
            await #expect(throws: expected) { try await store.commit(large) }
            #expect(try await store.load().position == "s1")
            limitFiles(to: 64 << 20)
            try await store.commit(large)
            let state = try await store.load()
            await store.close()
            exit(state.position == "s2" && state.rooms.count == 1 ? 7 : 1)
        }
    }
}

private func dieWriting(_ path: String) throws {
    _ = signal(SIGXFSZ, SIG_DFL)  // whoever started the tests may have had it ignored
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGXFSZ)
    unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    limitFiles(to: 1 << 20)
    let connection = try Connection(path: path, durability: .normal)
    try connection.transaction {
        try connection.statement("UPDATE meta SET value = 's2' WHERE key = 'position'").run()
        try connection.statement("DELETE FROM journal").run()
        let insert = try connection.statement("INSERT INTO room (room_id, members) VALUES ('!a', ?)")
        try insert.run([UInt8](repeating: 1, count: 8 << 20))
    }
}

/// The largest file that this process may write.
private func limitFiles(to bytes: UInt) {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    var limit = rlimit(rlim_cur: bytes, rlim_max: rlim_t.max)
    _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
}
