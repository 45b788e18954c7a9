import Moderation
import SimulatedHomeserver
import Storage
import Testing
import TestSupport

@Suite(.timeLimit(.minutes(1))) struct StoreEquivalenceTests {
    @Test(arguments: 0..<40 as Range<UInt64>)
    func `the store and its double agree on whatever is committed`(_ seed: UInt64) async throws {
        let real = try StoreUnderTest(.sqlite)
        let double = try StoreUnderTest(.memory)
        var changesets = RandomChangesets(generator: SeededNumbers(seed: seed))
        for step in 0..<60 {
            let changeset = changesets.next()
            try await real.store.commit(changeset)
            try await double.store.commit(changeset)
            if changesets.chance(10) {
                try await real.reopen()
                try await double.reopen()
            }
            if changesets.chance(10) {
                // IDs do not rise with time here; that counts only from a thousand rows on.
                let time = Int64(changesets.number(1_000))
                let deleted = try await double.store.prune(before: time)
                try #require(try await real.store.prune(before: time) == deleted, "step \(step)")
            }
            var expected = try await double.store.load()
            let found = try await real.store.load()
            expected.nonce = found.nonce
            try #require(found == expected, "step \(step)")
            let journal = try await double.store.journal(limit: 20)
            try #require(try await real.store.journal(limit: 20) == journal, "step \(step)")
        }
        #expect(real.damage.all.isEmpty)
    }
}
