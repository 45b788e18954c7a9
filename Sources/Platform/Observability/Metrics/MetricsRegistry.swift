import Synchronization

/// All that the program counts, for Prometheus to fetch.
///
/// A metric is made once, at the start, and handed to who counts; a name that is made twice, or that Prometheus would not
/// take, is a mistake in the program and ends it.
package final class MetricsRegistry: Sendable {
    /// Seconds that suit requests to a homeserver; a guess.
    package static let requestBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

    private struct Entry {
        let name: String
        let help: String
        let kind: String
        let metric: any Metric
    }
    private let entries = Mutex<[Entry]>([])

    package init() {}

    /// By convention the name of a counter ends in `_total`.
    package func counter<Label: MetricLabel>(
        _ name: String,
        _ help: String,
        by label: Label.Type = Unlabelled.self
    ) -> Counter<Label> {
        let counter = Counter<Label>()
        add(name, help, counter)
        return counter
    }

    package func gauge<Label: MetricLabel>(
        _ name: String,
        _ help: String,
        by label: Label.Type = Unlabelled.self
    ) -> Gauge<Label> {
        let gauge = Gauge<Label>()
        add(name, help, gauge)
        return gauge
    }

    /// A gauge whose value `read` tells whenever somebody looks; it must not block.
    package func gauge(_ name: String, _ help: String, read: @escaping @Sendable () -> Double) {
        add(name, help, ReadGauge(read: read))
    }

    /// `bounds` are the upper ends of the ranges, and rise.
    package func histogram<Label: MetricLabel>(
        _ name: String,
        _ help: String,
        by label: Label.Type = Unlabelled.self,
        bounds: [Double] = requestBounds
    ) -> Histogram<Label> {
        let histogram = Histogram<Label>(bounds: bounds)
        add(name, help, histogram)
        return histogram
    }

    /// Everything in Prometheus' text format, in the order in which it was made.
    ///
    /// - Source: Prometheus, "Exposition formats", text format 0.0.4.
    package var exposition: String {
        let entries = entries.withLock { $0 }
        return entries.map { entry in
            let lines = entry.metric.samples.map { sample in
                let labels = sample.labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }
                let set = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
                return "\(entry.name)\(sample.suffix)\(set) \(exposed(sample.value))\n"
            }
            let head =
                "# HELP \(entry.name) \(escaped(entry.help, quotes: false))\n# TYPE \(entry.name) \(entry.kind)\n"
            return head + lines.joined()
        }
        .joined()
    }

    private func add<M: Metric>(_ name: String, _ help: String, _ metric: M) {
        precondition(isName(name), "not a name for a metric")
        entries.withLock { entries in
            precondition(!entries.contains { $0.name == name }, "a metric is made once")
            entries.append(Entry(name: name, help: help, kind: M.kind, metric: metric))
        }
    }
}

/// A number as the format has it.
func exposed(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
}

private func isName(_ name: String) -> Bool {
    let first = name.utf8.first.map { isLetter($0) } ?? false
    return first && name.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
}

private func isLetter(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_")
}

private func escaped(_ text: String, quotes: Bool) -> String {
    text.unicodeScalars
        .map { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\n": "\\n"
            case "\"" where quotes: "\\\""
            default: String(scalar)
            }
        }
        .joined()
}
