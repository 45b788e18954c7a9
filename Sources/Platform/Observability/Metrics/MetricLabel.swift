/// What a metric is split by: a closed set of words, so that nothing remote can make a time series.
package protocol MetricLabel: CaseIterable, Hashable, Sendable {
    /// As in `name{verb="ban"}`.
    static var labelName: String { get }
    var labelValue: String { get }
}

extension MetricLabel where Self: RawRepresentable, RawValue == String {
    package var labelValue: String { rawValue }
}

/// The label of a metric that is not split.
package enum Unlabelled: MetricLabel {
    case all
    package static let labelName = ""
    package var labelValue: String { "" }
}
