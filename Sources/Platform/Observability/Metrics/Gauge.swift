import Synchronization

/// A number that goes up and down, one for each label.
package final class Gauge<Label: MetricLabel>: Metric {
    static var kind: String { "gauge" }
    private let values = Mutex<[Label: Double]>([:])

    init() {}

    package func set(_ value: Double, for label: Label) { values.withLock { $0[label] = value } }
    package func add(_ amount: Double, for label: Label) { values.withLock { $0[label, default: 0] += amount } }
    package func value(for label: Label) -> Double { values.withLock { $0[label, default: 0] } }

    var samples: [Sample] {
        let values = values.withLock { $0 }
        return Label.allCases.map { Sample(labels: labels($0), value: values[$0, default: 0]) }
    }
}

extension Gauge<Unlabelled> {
    package func set(_ value: Double) { set(value, for: .all) }
    package func add(_ amount: Double) { add(amount, for: .all) }
    package var value: Double { value(for: .all) }
}

/// A gauge that is asked when somebody looks.
struct ReadGauge: Metric {
    static var kind: String { "gauge" }
    let read: @Sendable () -> Double
    var samples: [Sample] { [Sample(value: read())] }
}
