import Synchronization

/// How values are spread over fixed ranges, for each label.
package final class Histogram<Label: MetricLabel>: Metric {
    private struct Spread {
        /// One for each bound, and one for what is above them all; not added up.
        var counts: [UInt64]
        var sum = 0.0
    }

    static var kind: String { "histogram" }
    private let bounds: [Double]
    private let spreads = Mutex<[Label: Spread]>([:])

    /// `bounds` are upper ones, included, and rise.
    init(bounds: [Double]) {
        precondition(!bounds.isEmpty && zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds must rise")
        self.bounds = bounds
    }

    package func observe(_ value: Double, for label: Label) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        spreads.withLock { spreads in
            spreads[label, default: emptySpread].counts[bucket] &+= 1
            spreads[label, default: emptySpread].sum += value
        }
    }

    /// In seconds, as Prometheus wants times.
    package func observe(_ duration: Duration, for label: Label) { observe(duration / .seconds(1), for: label) }

    private var emptySpread: Spread { Spread(counts: Array(repeating: 0, count: bounds.count + 1)) }

    var samples: [Sample] {
        let spreads = spreads.withLock { $0 }
        return Label.allCases.flatMap { label -> [Sample] in
            let spread = spreads[label] ?? emptySpread
            var total: UInt64 = 0
            var samples: [Sample] = []
            for (bound, count) in zip(bounds + [.infinity], spread.counts) {
                total += count
                let le = (name: "le", value: exposed(bound))
                samples.append(Sample(suffix: "_bucket", labels: labels(label) + [le], value: Double(total)))
            }
            samples.append(Sample(suffix: "_sum", labels: labels(label), value: spread.sum))
            samples.append(Sample(suffix: "_count", labels: labels(label), value: Double(total)))
            return samples
        }
    }
}

extension Histogram<Unlabelled> {
    package func observe(_ value: Double) { observe(value, for: .all) }
    package func observe(_ duration: Duration) { observe(duration, for: .all) }
}
