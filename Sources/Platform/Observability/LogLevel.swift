/// How much a record matters, least first.
package enum LogLevel: Int, Comparable, Sendable {
    case debug, info, warning, error
    /// As records name it.
    package var name: String {
        switch self {
        case .debug: "DEBUG"
        case .info: "INFO"
        case .warning: "WARN"
        case .error: "ERROR"
        }
    }

    package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}
