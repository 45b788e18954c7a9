import Testing

/// Runs the tests of a suite one after the other, and few suites at a time.
///
/// Synapse computes on one core: more tests at once end no sooner, and their deadlines pass. Waiting for the turn counts
/// against no time limit.
struct InTurn: SuiteTrait, TestScoping {
    @concurrent func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        await Turns.shared.take()
        do {
            try await function()
            await Turns.shared.giveBack()
        } catch {
            await Turns.shared.giveBack()
            throw error
        }
    }
}

extension Trait where Self == InTurn {
    /// To be used with `.serialized`.
    static var inTurn: InTurn { InTurn() }
}

private actor Turns {
    /// One that computes in Synapse, one in the bot or the test, and one that waits.
    static let shared = Turns(atOnce: 3)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(atOnce count: Int) { free = count }

    func take() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func giveBack() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
