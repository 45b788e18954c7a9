package import Moderation

/// The double of the `Store` port: keeps everything in memory, fails when told to, and outlives the bot that it serves.
///
/// A crash is `restart()`: the successor has what was committed, and what the dead bot still sends here is refused.
package actor MemoryStore: Store {
    private var contents: MemoryStoreContents
    private var failures: [Failure] = []
    private var hasEnded = false

    /// When in a commit it breaks.
    package enum Failure: Sendable, Equatable {
        /// Nothing of the changeset is kept.
        case beforeWriting
        /// All of it is kept, although the caller is told otherwise: the same changeset may come again.
        case afterWriting
    }

    package enum Refusal: Error, Equatable {
        /// As `failNextCommits` asked for.
        case failed
        /// Another store took this one's place.
        case ended
    }

    package init(_ contents: MemoryStoreContents = MemoryStoreContents()) { self.contents = contents }

    package func load() throws -> StoredState {
        try checkAlive()
        return contents.state
    }

    package func commit(_ changeset: Changeset) throws {
        try checkAlive()
        let failure = failures.isEmpty ? nil : failures.removeFirst()
        if failure != .beforeWriting { contents.apply(changeset) }
        if failure != nil { throw Refusal.failed }
    }

    package func journal(limit: Int) throws -> [JournalRow] {
        try checkAlive()
        let closed = contents.rows.values.filter { !$0.status.isOpen }
        return Array(closed.sorted { $0.id > $1.id }.prefix(max(0, limit)))
    }

    /// Deletes closed rows that ended before a time, in milliseconds since 1970, and says how many.
    @discardableResult
    package func prune(before time: Int64) throws -> Int {
        try checkAlive()
        let before = contents.rows.count
        contents.rows = contents.rows.filter { _, row in row.status.isOpen || (row.doneAt ?? row.askedAt) >= time }
        return before - contents.rows.count
    }

    /// Makes the next commits throw.
    package func failNextCommits(_ count: Int, _ failure: Failure = .beforeWriting) {
        failures = Array(repeating: failure, count: count)
    }

    /// What is committed now, to be compared or gone back to.
    package func snapshot() -> MemoryStoreContents { contents }

    /// Ends this store and returns the one that the next process opens.
    ///
    /// `earlier` is what a power cut leaves, which may be older than the last commit.
    package func restart(from earlier: MemoryStoreContents? = nil) -> MemoryStore {
        hasEnded = true
        return MemoryStore(earlier ?? contents)
    }

    private func checkAlive() throws(Refusal) { if hasEnded { throw .ended } }
}
