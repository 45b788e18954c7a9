import Commands
import MatrixCore

/// Something with several steps that need the homeserver between them: a command, or the search for the management room.
///
/// Kept on disk after every step, so that a crash resumes it.
struct Run: Sendable, Codable {
    enum Kind: Sendable, Codable, Equatable {
        case startup
        /// The command's text behind the prefix, who sent it, and the thread that it stands in.
        case command(text: String, sender: UserID, thread: EventID?)
    }

    /// The command's event; a made-up one for the bot's own runs.
    let key: EventID
    let kind: Kind
    /// What came of every finished `ask`.
    var rounds: [[RequestResult]] = []
    /// The rows of the running `ask`, in order.
    var waitingFor: [Int64] = []
    /// What came of those that are finished.
    var results: [Int64: RequestResult] = [:]

    init(key: EventID, kind: Kind) {
        self.key = key
        self.kind = kind
    }

    var answers: CommandAnswers { CommandAnswers(rounds) }

    /// Notes a result; true when nothing of the running `ask` is missing any more.
    mutating func take(_ result: RequestResult, for row: Int64) -> Bool {
        guard waitingFor.contains(row), results[row] == nil else { return false }
        results[row] = result
        guard results.count == waitingFor.count else { return false }
        rounds.append(waitingFor.compactMap { results[$0] })
        waitingFor = []
        results = [:]
        return true
    }
}
