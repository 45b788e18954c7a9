import Foundation
import Moderation
import SQLite
import Storage
import Testing

/// What an operator meets at the start.
@Suite(.timeLimit(.minutes(1))) struct OpeningTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func open(_ path: String) throws(StorageError) -> SQLiteStore {
        try SQLiteStore(dataPath: path, report: { _ in })
    }

    @Test func `the folder is made, and only its owner may enter`() async throws {
        let folder = scratch.path + "/one/two/"
        try await open(folder).close()
        func permissions(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        #expect(try permissions(scratch.path + "/one") == 0o700)
        #expect(try permissions(scratch.path + "/one/two") == 0o700)
        #expect(try permissions(scratch.path + "/one/two/draupnir.db") == 0o600)
    }

    @Test func `the nonce is made once and differs between databases`() async throws {
        let first = try open(scratch.path + "/a")
        let nonce = try await first.load().nonce
        await first.close()
        #expect(nonce.utf8.count == 16)
        #expect(try await open(scratch.path + "/a").load().nonce == nonce)
        #expect(try await open(scratch.path + "/b").load().nonce != nonce)
    }

    @Test func `a second instance is kept out and told who is in`() async throws {
        let first = try open(scratch.path)
        #expect(throws: StorageError.secondInstance(folder: scratch.path, holder: getpid())) { try open(scratch.path) }
        try await first.commit(Changeset(position: "s1"))
        await first.close()
        #expect(try await open(scratch.path).load().position == "s1")
    }

    /// Such as one that is being started, before it becomes its program.
    @Test func `a child that has inherited the lock does not keep the folder`() async throws {
        let first = try open(scratch.path)
        let folder = "/proc/self/fd"
        let held = try #require(
            try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { Int32($0) }.first { number in
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(number)")
                return target == scratch.path + "/draupnir.lock"
            }
        )
        // Of the same open file, as a child's is.
        let inherited = dup(held)
        defer { close(inherited) }
        await first.close()
        await #expect(throws: Never.self) { try await open(scratch.path).close() }
    }

    @Test func `a second process is kept out, and let in once the first was killed`() async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = scratch.path as String] in
            let store = try SQLiteStore(dataPath: path, report: { _ in })
            try await store.commit(Changeset(position: "s1"))
            kill(getpid(), SIGKILL)
            await store.close()
        }
        let store = try open(scratch.path)
        #expect(try await store.load().position == "s1")
        await #expect(processExitsWith: .exitCode(7)) { [path = scratch.path as String, holder = getpid() as Int32] in
            do throws(StorageError) { _ = try SQLiteStore(dataPath: path, report: { _ in }) } catch {
                exit(error == .secondInstance(folder: path, holder: holder) ? 7 : 1)
            }
        }
        await store.close()
    }

    @Test func `a lock file with nonsense in it is no obstacle`() throws {
        try Data("nobody".utf8).write(to: URL(filePath: scratch.path + "/draupnir.lock"))
        let store = try open(scratch.path)
        try Data("nobody".utf8).write(to: URL(filePath: scratch.path + "/draupnir.lock"))
        #expect(throws: StorageError.secondInstance(folder: scratch.path, holder: nil)) { try open(scratch.path) }
        withExtendedLifetime(store) {}
    }

    /// Root may write anywhere, so the child gives that up.
    @Test(arguments: [
        ("folder", "/draupnir.lock", "Permission denied"),
        ("file", "/draupnir.db", "Permission denied"),
    ])
    func `what cannot be written is named with the reason`(
        _ what: String,
        _ object: String,
        reason: String
    ) async throws {
        let folder = scratch.path + "/data"
        try await open(folder).close()
        let files = FileManager.default
        try files.removeItem(atPath: folder + "/draupnir.lock")
        try files.setAttributes([.posixPermissions: 0o444], ofItemAtPath: folder + "/draupnir.db")
        try files.setAttributes([.posixPermissions: what == "folder" ? 0o555 : 0o777], ofItemAtPath: folder)
        try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: scratch.path)
        defer { try? files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder) }
        let expected = StorageError.notWritable(path: folder + object, reason: reason).description
        await #expect(processExitsWith: .exitCode(7)) { [folder = folder as String, expected = expected as String] in
            if geteuid() == 0 { seteuid(65_534) }
            do throws(StorageError) { _ = try SQLiteStore(dataPath: folder, report: { _ in }) } catch {
                exit(error.description == expected ? 7 : 1)
            }
        }
    }

    @Test func `a path through a file is no folder`() throws {
        try Data().write(to: URL(filePath: scratch.path + "/file"))
        #expect(
            throws: StorageError.notWritable(path: scratch.path + "/file/data", reason: "Not a directory")
        ) { try open(scratch.path + "/file/data") }
        #expect(
            throws: StorageError.notWritable(path: scratch.path + "/file/draupnir.lock", reason: "Not a directory")
        ) { try open(scratch.path + "/file") }
    }

    @Test func `a newer schema is left alone`() async throws {
        try await open(scratch.path).close()
        let database = try Connection(path: scratch.database)
        let version = try database.userVersion()
        try database.execute("PRAGMA user_version = 99")
        #expect(throws: StorageError.newerSchema(path: scratch.database, found: 99, known: version)) {
            try open(scratch.path)
        }
        #expect(try database.userVersion() == 99)
    }

    @Test func `another program's lock is told and not waited for without end`() async throws {
        try await open(scratch.path).close()
        let shell = try Connection(path: scratch.database)
        let store = try SQLiteStore(dataPath: scratch.path, busyTimeout: .milliseconds(20), report: { _ in })
        try shell.execute("BEGIN IMMEDIATE")
        await #expect(throws: StorageError.inUse(path: scratch.database)) {
            try await store.commit(Changeset(position: "s1"))
        }
        try shell.execute("COMMIT")
        try await store.commit(Changeset(position: "s1"))
        #expect(try await store.load().position == "s1")
    }

    @Test func `a closed store refuses`() async throws {
        let store = try open(scratch.path)
        await store.close()
        await store.close()
        await #expect(throws: StorageError.closed) { try await store.load() }
        await #expect(throws: StorageError.closed) { try await store.commit(Changeset()) }
        await #expect(throws: StorageError.closed) { try await store.journal(limit: 1) }
        await #expect(throws: StorageError.closed) { try await store.prune(before: 1) }
    }
}
