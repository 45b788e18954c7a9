import Moderation
import SimulatedHomeserver
import Testing

@Suite struct MemoryStoreTests {
    @Test func `a commit that fails before writing leaves nothing, and the next ones go through`() async throws {
        let store = MemoryStore()
        await store.failNextCommits(2)
        for _ in 0..<2 {
            await #expect(throws: MemoryStore.Refusal.failed) { try await store.commit(Changeset(position: "s1")) }
            #expect(try await store.load().position == nil)
        }
        try await store.commit(Changeset(position: "s1"))
        #expect(try await store.load().position == "s1")
    }

    @Test func `a commit that fails after writing leaves all`() async throws {
        let store = MemoryStore()
        await store.failNextCommits(1, .afterWriting)
        await #expect(throws: MemoryStore.Refusal.failed) { try await store.commit(changeset(rows: [row(1)])) }
        #expect(try await store.load().openRows == [row(1)])
        try await store.commit(changeset(rows: [row(1)]))
        #expect(try await store.load().openRows == [row(1)])
    }

    @Test func `after a restart the dead store is refused and its successor has everything`() async throws {
        let store = MemoryStore()
        try await store.commit(Changeset(position: "s1"))
        let successor = await store.restart()
        await #expect(throws: MemoryStore.Refusal.ended) { try await store.commit(Changeset(position: "s2")) }
        await #expect(throws: MemoryStore.Refusal.ended) { try await store.load() }
        await #expect(throws: MemoryStore.Refusal.ended) { try await store.journal(limit: 1) }
        #expect(try await successor.load().position == "s1")
    }

    @Test func `a power cut can take the newest commits back`() async throws {
        let store = MemoryStore(MemoryStoreContents(nonce: "n"))
        try await store.commit(Changeset(position: "s1"))
        let earlier = await store.snapshot()
        try await store.commit(changeset(rows: [row(1)], position: "s2"))
        #expect(await store.snapshot() != earlier)
        let state = try await store.restart(from: earlier).load()
        #expect(state.position == "s1")
        #expect(state.openRows.isEmpty)
        #expect(state.lastRowID == 0)
        #expect(state.nonce == "n")
    }
}
