package import JSON
import MatrixCore

/// What one check says of one thing.
package struct CheckResult: Sendable, Equatable {
    package enum Grade: String, Sendable, Comparable {
        case ok, warn, fail

        package static func < (left: Grade, right: Grade) -> Bool { left.rank < right.rank }
        private var rank: Int {
            switch self {
            case .ok: 0
            case .warn: 1
            case .fail: 2
            }
        }
    }

    /// Such as `RL-1`: the same for ever, to be searched for.
    package let code: String
    package let grade: Grade
    /// What it is about: a room, a file, an account.
    package let object: String
    /// What was found.
    package let cause: String
    /// What to do, a line each; lines that begin with four blanks are to be typed as they stand.
    package let cure: [String]
    /// What `--fix` does about it; nil where a person has to.
    package let fix: Fix?

    private init(_ code: String, _ grade: Grade, _ object: String, _ cause: String, _ cure: [String], _ fix: Fix?) {
        self.code = code
        self.grade = grade
        self.object = object
        self.cause = cause
        self.cure = cure
        self.fix = fix
    }

    package static func ok(_ code: String, _ object: String, _ finding: String) -> CheckResult {
        CheckResult(code, .ok, object, finding, [], nil)
    }

    package static func warn(
        _ code: String,
        _ object: String,
        _ cause: String,
        cure: [String],
        fix: Fix? = nil
    ) -> CheckResult {
        CheckResult(code, .warn, object, cause, cure, fix)
    }

    package static func fail(
        _ code: String,
        _ object: String,
        _ cause: String,
        cure: [String],
        fix: Fix? = nil
    ) -> CheckResult {
        CheckResult(code, .fail, object, cause, cure, fix)
    }

    package var json: JSONValue {
        var object = JSONObject()
        object["code"] = .string(code)
        object["result"] = .string(grade.rawValue)
        object["object"] = .string(self.object)
        object["cause"] = .string(cause)
        object["cure"] = cure.isEmpty ? .null : .string(cure.map(\.unmarked).joined(separator: "\n"))
        object["fixable"] = .boolean(fix != nil)
        return .object(object)
    }
}

extension String {
    /// Without the blanks that mark what is to be typed; those behind them are the text's own.
    fileprivate var unmarked: String { hasPrefix("    ") ? String(dropFirst(4)) : self }
}
