package import JSON
import MatrixCore
import Protections

/// One thing that reaches the pipeline: what it decides follows from these, the state and the time alone.
package enum Input: Sendable {
    /// An answer of `/sync`; `isCatchUp` marks the first one after a start.
    case sync(any PaddedBytes, since: String?, isCatchUp: Bool)
    /// How a row fared.
    case outcome(RowOutcome)
    /// A row that was found not to be wanted any more just before it was to be sent.
    case needless(Int64)
    /// Time has passed.
    case tick
}

/// What came of sending one row.
package struct RowOutcome: Sendable {
    package enum Result: Sendable {
        case success(ActionResult)
        /// The whole state of the room that was asked for.
        case state(any PaddedBytes)
        /// The pages of a gap, newest first, and whether they reach its end.
        case pages([any PaddedBytes], isWhole: Bool)
        case roomVersion(String)
        case failure(HomeserverError)
        /// The outcome was unknown, but looking showed that what was wanted is so.
        case foundDone
    }

    package let row: Int64
    package let result: Result

    package init(row: Int64, result: Result) {
        self.row = row
        self.result = result
    }
}
