/// Something that the registry shows.
protocol Metric: Sendable {
    /// As Prometheus names it: counter, gauge, histogram.
    static var kind: String { get }
    /// Lines without the name before them: a suffix, labels, a value.
    var samples: [Sample] { get }
}

struct Sample: Sendable {
    var suffix = ""
    var labels: [(name: String, value: String)] = []
    let value: Double
}

func labels<Label: MetricLabel>(_ label: Label) -> [(name: String, value: String)] {
    Label.labelName.isEmpty ? [] : [(Label.labelName, label.labelValue)]
}
