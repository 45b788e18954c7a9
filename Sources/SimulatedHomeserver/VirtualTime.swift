package import MatrixCore
import Moderation
import Synchronization

/// A clock that stands still until it is told to go on.
package final class VirtualTime: TimeSource {
    private struct Sleeper {
        let id: Int
        let deadline: Duration
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var monotonic: Duration = .zero
        var lastID = 0
        var sleepers: [Sleeper] = []
        /// Those that were cancelled before they lay down.
        var cancelled: Set<Int> = []
        var watchers: [(count: Int, tell: AsyncStream<Void>.Continuation)] = []
    }

    private let start: Int64
    private let state = Mutex(State())

    /// `start` is the wall clock's first reading; it moves on with the other.
    package init(startingAt start: Int64 = 1_700_000_000_000) { self.start = start }

    package func now() -> Moment {
        let monotonic = state.withLock { $0.monotonic }
        return Moment(monotonic: monotonic, wallMilliseconds: start + monotonic.wholeMilliseconds)
    }

    package func sleep(until deadline: Duration) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let woke = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isAwake: Bool? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return false }
                    if deadline <= state.monotonic { return true }
                    state.sleepers.append(Sleeper(id: id, deadline: deadline, continuation: continuation))
                    return nil
                }
                if let isAwake { continuation.resume(returning: isAwake) } else { tellWatchers() }
            }
        } onCancel: {
            cancel(id)
        }
        guard woke, !Task.isCancelled else { throw CancellationError() }
    }

    /// Moves on and wakes whoever has slept enough, the earliest first.
    package func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.monotonic += duration
            let now = state.monotonic
            let due = state.sleepers.filter { $0.deadline <= now }
            state.sleepers.removeAll { $0.deadline <= now }
            return due.sorted { ($0.deadline, $0.id) < ($1.deadline, $1.id) }
        }
        for sleeper in due { sleeper.continuation.resume(returning: true) }
    }

    /// Moves on to the first deadline of any sleeper; false where nobody sleeps.
    @discardableResult package func advanceToNextDeadline() -> Bool {
        let wait = state.withLock { state in state.sleepers.map(\.deadline).min().map { $0 - state.monotonic } }
        guard let wait else { return false }
        advance(by: wait)
        return true
    }

    package var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Returns once at least so many sleep, or when the task is cancelled.
    package func whenSleeping(_ count: Int = 1) async {
        let (news, tell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let isSo = state.withLock { state in
            if state.sleepers.count >= count { return true }
            state.watchers.append((count, tell))
            return false
        }
        if !isSo { for await _ in news {} }
    }

    private func tellWatchers() {
        let told = state.withLock { state in
            let count = state.sleepers.count
            let told = state.watchers.filter { $0.count <= count }
            state.watchers.removeAll { $0.count <= count }
            return told
        }
        for watcher in told { watcher.tell.finish() }
    }

    private func cancel(_ id: Int) {
        let sleeper = state.withLock { state -> Sleeper? in
            guard let place = state.sleepers.firstIndex(where: { $0.id == id }) else {
                state.cancelled.insert(id)
                return nil
            }
            return state.sleepers.remove(at: place)
        }
        sleeper?.continuation.resume(returning: false)
    }
}

extension Duration {
    var wholeMilliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}
