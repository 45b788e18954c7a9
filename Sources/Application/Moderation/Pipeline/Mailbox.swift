import Lifecycle
import Synchronization

/// Where inputs wait for the pipeline; all that have come are taken at once.
///
/// Bounded by its producers: sync waits for each of its inputs, and outcomes are as many as requests in flight.
final class Mailbox: Sendable {
    struct Letter: Sendable {
        let input: Input
        let whenCommitted: CheckedContinuation<Bool, Never>?

        var isTick: Bool { if case .tick = input { true } else { false } }
    }

    private struct State {
        var letters: [Letter] = []
        var producers: Int
        var isClosed = false
    }

    private let state: Mutex<State>
    private let bell = Doorbell()

    init(producers: Int) { state = Mutex(State(producers: producers)) }

    func put(_ input: Input, whenCommitted: CheckedContinuation<Bool, Never>? = nil) {
        let isTaken = state.withLock { state in
            guard !state.isClosed else { return false }
            state.letters.append(Letter(input: input, whenCommitted: whenCommitted))
            return true
        }
        if isTaken { bell.ring() } else { whenCommitted?.resume(returning: false) }
    }

    func producerEnded() {
        state.withLock { $0.producers -= 1 }
        bell.ring()
    }

    /// All that waits, as soon as something does; nil once every producer has ended and nothing is left.
    func next() async -> [Letter]? {
        while !Task.isCancelled {
            let (letters, isOver) = state.withLock { state in
                defer { state.letters = [] }
                return (state.letters, state.producers <= 0)
            }
            if !letters.isEmpty { return letters }
            if isOver { return nil }
            await bell.wait()
        }
        return nil
    }

    /// Takes nothing any more; gives back what was not decided on.
    func close() -> [Letter] {
        state.withLock { state in
            state.isClosed = true
            defer { state.letters = [] }
            return state.letters
        }
    }
}
