import Synchronization

/// Wakes one waiter when there is something to look at; a ring that nobody waits for is kept, several are one.
package final class Doorbell: Sendable {
    private struct State {
        var isRung = false
        var waiter: CheckedContinuation<Void, Never>?
        var ticket = 0
    }
    private let state = Mutex(State())

    package init() {}

    package func ring() {
        let waiter = state.withLock { state in
            if state.waiter == nil { state.isRung = true }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns at the next ring, at once where there was one since the last wait, or when the task is cancelled.
    ///
    /// One waiter at a time: a second one sends the first away.
    package func wait() async {
        let ticket = state.withLock { state in
            state.ticket += 1
            return state.ticket
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumed = state.withLock { state -> [CheckedContinuation<Void, Never>] in
                    let former = state.waiter.map { [$0] } ?? []
                    state.waiter = nil
                    if state.isRung || Task.isCancelled {
                        state.isRung = false
                        return former + [continuation]
                    }
                    state.waiter = continuation
                    return former
                }
                for waiter in resumed { waiter.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                guard state.ticket == ticket else { return nil as CheckedContinuation<Void, Never>? }
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }
}
