/// Why setup stopped, for the person who has to mend it.
package struct StepFailure: Error, Sendable, Equatable {
    package enum Kind: String, Sendable {
        case failed
        /// A flag is missing or wrong.
        case usage
        /// It could be done, but harm would come of it.
        case refused
    }

    package let kind: Kind
    package let step: String
    package let cause: String
    /// What to do, a line each; lines that begin with four blanks are to be typed as they stand.
    package let cure: [String]

    package init(_ step: String, _ cause: String, cure: [String], kind: Kind = .failed) {
        self.kind = kind
        self.step = step
        self.cause = cause
        self.cure = cure
    }

    package init(_ step: String, _ cause: String, cure: String, kind: Kind = .failed) {
        self.init(step, cause, cure: [cure], kind: kind)
    }

    package static func missing(_ flag: String, _ what: String) -> StepFailure {
        StepFailure(
            "flags",
            "--\(flag) is missing: \(what)",
            cure: "give --\(flag), or run without --non-interactive in a terminal",
            kind: .usage
        )
    }

    /// For the error output.
    package var text: String {
        oneLine("\(step): \(cause)") + "\n"
            + cure.map { oneLine($0.hasPrefix("    ") ? $0 : "  → \($0)") + "\n" }.joined()
    }

    package var exitStatus: Int32 {
        switch kind {
        case .failed: 1
        case .usage: 2
        case .refused: 3
        }
    }
}
