import Commands
import MatrixCore
import Protections

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
    /// Milliseconds since 1970.
    let arrivedAt: Int64
    /// Every finished `ask` with what came of it.
    var rounds: [CommandAnswers.Round] = []
    /// What the running `ask` wants to remember.
    var memo: String?
    /// The running `ask`, in order.
    var waiting: [Waiting] = []

    struct Waiting: Sendable, Codable {
        let row: Int64
        let action: Action
        var result: RequestResult?
    }

    init(key: EventID, kind: Kind, arrivedAt: Int64 = 0) {
        self.key = key
        self.kind = kind
        self.arrivedAt = arrivedAt
    }

    var answers: CommandAnswers { CommandAnswers(rounds) }

    /// Notes a result; true when nothing of the running `ask` is missing any more.
    mutating func take(_ result: RequestResult, for row: Int64) -> Bool {
        guard let place = waiting.firstIndex(where: { $0.row == row }), waiting[place].result == nil else {
            return false
        }
        waiting[place].result = result
        guard waiting.allSatisfy({ $0.result != nil }) else { return false }
        endRound()
        return true
    }

    mutating func endRound() {
        let answered = waiting.compactMap { asked in asked.result.map { Answered(asked.action, $0) } }
        rounds.append(CommandAnswers.Round(answered: answered, memo: memo))
        waiting = []
        memo = nil
    }

    /// How many results of the running `ask` are here.
    var resultCount: Int { waiting.count { $0.result != nil } }
}
