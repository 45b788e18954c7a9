import Moderation

/// Who waits for news.
struct WaitingSyncs {
    private var lastID = 0
    private var waiting: [Int: AsyncStream<Void>.Continuation] = [:]

    /// Counts from now on: what happens before `wait` is called is not missed.
    mutating func begin() -> WaitingSync {
        lastID += 1
        let (news, tell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        waiting[lastID] = tell
        return WaitingSync(id: lastID, news: news)
    }

    mutating func end(_ sync: WaitingSync) { waiting[sync.id] = nil }

    /// Wakes everybody: each looks for himself whether it was for him.
    mutating func wakeAll() {
        for tell in waiting.values { tell.finish() }
        waiting = [:]
    }
}

struct WaitingSync: Sendable {
    let id: Int
    let news: AsyncStream<Void>

    /// Returns when anything has happened, at the deadline, or with an error when the task is cancelled.
    func wait(until deadline: Duration, on time: any TimeSource) async throws(HomeserverError) {
        await withTaskGroup(of: Void.self) { group in
            group.addTask(name: "news") { for await _ in news {} }
            group.addTask(name: "deadline") { try? await time.sleep(until: deadline) }
            await group.next()
            group.cancelAll()
        }
        guard !Task.isCancelled else { throw .cancelled }
    }
}
