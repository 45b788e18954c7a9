package import JSON
import MatrixCore
import Protections

/// One thing that reaches the pipeline: what it decides follows from these, the state and the time alone.
package enum Input: Sendable {
    case sync(SyncAnswer)
    /// How a row fared.
    case outcome(RowOutcome)
    /// A row that was found not to be wanted any more just before it was to be sent.
    case needless(Int64)
    /// The database can be written again, after it could not.
    case recovered
    /// What is wrong outside the bot; replaces what was known of it.
    case checked([FailedCheck])
    /// How the bot's access token stands.
    case token(TokenStanding)
    /// Time has passed.
    case tick
}

/// An answer of `/sync`, and what it was the answer to.
package struct SyncAnswer: Sendable {
    package let body: any PaddedBytes
    package let since: String?
    /// The first one after a start.
    package let isCatchUp: Bool
    /// Members came only as they spoke: followed rooms are to be loaded whole after it.
    package let isLazy: Bool

    package init(body: any PaddedBytes, since: String?, isCatchUp: Bool = false, isLazy: Bool = false) {
        self.body = body
        self.since = since
        self.isCatchUp = isCatchUp
        self.isLazy = isLazy
    }
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
