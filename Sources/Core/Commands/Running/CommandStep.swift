package import MatrixCore
package import PolicyEngine
package import Protections

/// What a command does next, given all the answers that it has had so far.
///
/// A command with I/O is asked again from its beginning with every answer: it holds no state of its own, so a crash
/// between two steps loses nothing.
package enum CommandStep: Sendable {
    /// Have these done, all of them side by side, and ask again with what came of each.
    ///
    /// `memo` is given back with the answers: what was decided once and must not be decided anew.
    case ask([Action], memo: String? = nil)
    case finish(CommandReport)
}

/// What came of one thing that a command asked for.
package enum RequestResult: Sendable, Equatable, Codable {
    case done
    case event(EventID)
    case room(RoomID, via: [ServerName])
    /// The version that new rooms get.
    case version(String)
    /// Not done; the text is for the moderator.
    case failed(code: String, message: String)
    /// Not done, because this is a dry run.
    case simulated

    package var failure: String? {
        if case .failed(_, let message) = self { message } else { nil }
    }

    package var roomVersion: String? {
        if case .version(let version) = self { version } else { nil }
    }
}

/// One thing that was asked for, and what came of it.
package struct Answered: Sendable, Equatable, Codable {
    package let action: Action
    package let result: RequestResult

    package init(_ action: Action, _ result: RequestResult) {
        self.action = action
        self.result = result
    }
}

/// Answers in the order in which they were asked for: one list for each `ask`.
package struct CommandAnswers: Sendable, Equatable {
    /// One `ask` with all that came of it.
    package struct Round: Sendable, Equatable, Codable {
        package let answered: [Answered]
        package let memo: String?

        package init(answered: [Answered], memo: String? = nil) {
            self.answered = answered
            self.memo = memo
        }
    }

    package let rounds: [Round]

    package init(_ rounds: [Round]) { self.rounds = rounds }

    /// What came of the n-th `ask`, or nil where it is still to be made.
    package subscript(_ round: Int) -> [RequestResult]? { answered(round)?.map(\.result) }

    /// The same with what was asked for.
    package func answered(_ round: Int) -> [Answered]? {
        rounds.indices.contains(round) ? rounds[round].answered : nil
    }

    package func memo(_ round: Int) -> String? { rounds.indices.contains(round) ? rounds[round].memo : nil }
}

/// How a command ended.
package struct CommandReport: Sendable {
    package enum Mark: Sendable, Equatable {
        /// ✅
        case success
        /// ❌
        case failure
        /// Nothing was done yet: the moderator has to confirm.
        case pending
    }

    package var mark: Mark
    package var document: Document?
    /// What changes of the bot itself.
    package var directives: [Directive]

    package init(_ mark: Mark, _ document: Document? = nil, _ directives: [Directive] = []) {
        self.mark = mark
        self.document = document
        self.directives = directives
    }
}

/// A change of what the bot does, which the application makes when a command has ended well.
package enum Directive: Sendable, Equatable {
    case pause
    case resume
    /// Puts a held rule in force.
    case release(PolicyRule.ID)
}
