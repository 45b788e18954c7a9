package import MatrixCore
package import Observability

/// What is wanted, known and done in one run of setup.
package struct SetupRun: Sendable {
    package var wishes: SetupWishes
    package let folder: SetupFolder
    package var progress: SetupProgress
    package var server: ServerFacts?
    /// Set by the first step, for all others.
    package var homeserver: (any SetupHomeserver)?
    package var session: AccountSession?
    /// A server admin's credential that is not the bot's own.
    package var adminToken: Secret?
    /// Whether the bot's own token has admin rights; nil while that is unknown.
    package var isServerAdmin: Bool?
    /// Nil where it could not be read.
    package var rateLimit: RateLimit?
    package var selfTest: SelfTestResult?
    /// What works, but not as well as it could: what is lost, and what cures it.
    package var advice: [Advice] = []
    package var protected: [RoomID] = []
    package var outcomes: [StepOutcome] = []

    package init(wishes: SetupWishes, folder: SetupFolder, progress: SetupProgress) {
        self.wishes = wishes
        self.folder = folder
        self.progress = progress
    }

    /// The credential for admin calls: a separate one where there is one, else the bot's where it has the rights.
    package var credentialForAdministration: Secret? {
        adminToken ?? (isServerAdmin == true ? session?.token : nil)
    }

    package mutating func advise(_ step: String, _ text: String, cure: [String] = []) {
        advice.append(Advice(step: step, text: text, cure: cure))
    }
}

package struct Advice: Sendable, Equatable {
    package let step: String
    package let text: String
    package let cure: [String]

    package init(step: String, text: String, cure: [String] = []) {
        self.step = step
        self.text = text
        self.cure = cure
    }
}

package struct StepOutcome: Sendable, Equatable {
    package let step: String
    package let lines: [String]
    package let milliseconds: Int64

    package init(step: String, lines: [String], milliseconds: Int64) {
        self.step = step
        self.lines = lines
        self.milliseconds = milliseconds
    }
}

extension SetupRun {
    /// Whether the bot's token is to have admin rights: it is asked for now, or an earlier run has got them, and another
    /// token must not lose them in silence.
    var wantsAdmin: Bool { wishes.wantsServerAdmin || progress.isAdminWanted }

    /// As the operator runs the authentication service's command, where that was said.
    var serviceCommands: ServiceCommands { wishes.serviceCommand.flatMap { ServiceCommands($0) } ?? .standard }

    /// The homeserver and the account, for steps behind those that find them.
    func account(_ step: String) throws(StepFailure) -> (any SetupHomeserver, AccountSession) {
        guard let homeserver, let session else {
            throw StepFailure(step, "there is no account to act with", cure: "run setup from its beginning")
        }
        return (homeserver, session)
    }

    func found(_ step: String) throws(StepFailure) -> (any SetupHomeserver, ServerFacts) {
        guard let homeserver, let server else {
            throw StepFailure(step, "no homeserver has been found", cure: "run setup from its beginning")
        }
        return (homeserver, server)
    }
}
