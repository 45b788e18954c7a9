import Synchronization

/// A number that only grows, one for each label.
package final class Counter<Label: MetricLabel>: Metric {
    static var kind: String { "counter" }
    private let counts = Mutex<[Label: UInt64]>([:])

    init() {}

    package func add(_ amount: UInt64 = 1, for label: Label) { counts.withLock { $0[label, default: 0] &+= amount } }

    package func value(for label: Label) -> UInt64 { counts.withLock { $0[label, default: 0] } }

    var samples: [Sample] {
        let counts = counts.withLock { $0 }
        return Label.allCases.map { Sample(labels: labels($0), value: Double(counts[$0, default: 0])) }
    }
}

extension Counter<Unlabelled> {
    package func add(_ amount: UInt64 = 1) { add(amount, for: .all) }
    package var value: UInt64 { value(for: .all) }
}
