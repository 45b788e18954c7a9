import Synchronization

/// Runs the tasks that are given to it one job at a time, in the order in which they became ready, on one thread.
///
/// With time that stands still until it is moved, it makes services deterministic: when nothing is left to run, everything
/// waits for time or for the test. The test has to be one of its tasks, or it would wait for actors that wait for it.
package final class SteppedExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var jobCount = 0
        /// Who waits until nothing is left to run, or until so many jobs were run in all.
        var waiter: (limit: Int, continuation: CheckedContinuation<Void, Never>)?
        var hasEnded = false
    }

    private let state = Mutex(State())

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
    }

    /// Runs a task, and all that it starts, until the task has ended; once only.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = Task(executorPreference: self) { [self] in
            defer { state.withLock { $0.hasEnded = true } }
            return try await body()
        }
        while !state.withLock({ $0.hasEnded && $0.jobs.isEmpty }) {
            // Nothing to run and nobody waiting for that: something from outside is still to come.
            if !runNext(), !wakeWaiter() { await Task.yield() }
        }
        return try await task.value
    }

    /// Returns when nothing but the caller is left to run, or after so many jobs.
    package func pass(atMost limit: Int = .max) async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                precondition(state.waiter == nil, "one waiter at a time")
                state.waiter = (state.jobCount + min(limit, .max - state.jobCount), continuation)
            }
        }
    }

    /// How many jobs were run.
    package var jobCount: Int { state.withLock { $0.jobCount } }

    private func runNext() -> Bool {
        let (job, isDue) = state.withLock { state -> (UnownedJob?, Bool) in
            if let waiter = state.waiter, state.jobCount >= waiter.limit { return (nil, true) }
            guard !state.jobs.isEmpty else { return (nil, false) }
            state.jobCount += 1
            return (state.jobs.removeFirst(), false)
        }
        if isDue { return wakeWaiter() }
        guard let job else { return false }
        unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        return true
    }

    private func wakeWaiter() -> Bool {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.continuation.resume()
        return waiter != nil
    }
}
