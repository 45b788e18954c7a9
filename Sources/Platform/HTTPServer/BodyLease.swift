import Synchronization

/// One request's part of the budget, given back when the handler has returned or the request has gone.
final class BodyLease: Sendable {
    private let budget: BodyBudget
    private let bytes: Atomic<Int>

    init(_ bytes: Int, of budget: BodyBudget) {
        self.budget = budget
        self.bytes = Atomic(bytes)
    }

    deinit {
        giveBack()
    }

    func giveBack() {
        budget.give(bytes.exchange(0, ordering: .relaxed))
    }

    /// False where so much is not left; the lease is then as it was.
    ///
    /// Polling thread.
    func grow(to wanted: Int) -> Bool {
        let held = bytes.load(ordering: .relaxed)
        guard wanted > held else { return true }
        guard budget.take(wanted - held) else { return false }
        bytes.store(wanted, ordering: .relaxed)
        return true
    }
}
