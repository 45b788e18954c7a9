package import Moderation
package import Observability
package import Setup

/// The session in the bot's data path, as setup and doctor read it too.
package struct SessionFile: SessionStoring {
    private let dataPath: String
    private let passwordSource: @Sendable () -> Secret?

    /// `password` is asked anew each time: whoever takes the password's file away means it.
    package init(dataPath: String, password: @escaping @Sendable () -> Secret?) {
        self.dataPath = dataPath
        passwordSource = password
    }

    package func load() throws(SessionProblem) -> SavedSession? {
        do throws(FileFailure) { return try SystemFiles().savedSession(in: dataPath) } catch {
            throw SessionProblem(error)
        }
    }

    package func save(_ session: SavedSession) throws(SessionProblem) {
        do throws(FileFailure) { try SystemFiles().save(session, in: dataPath) } catch {
            throw SessionProblem(error)
        }
    }

    package func password() -> Secret? { passwordSource() }
}

extension SessionProblem {
    package init(_ failure: FileFailure) { self.init("\(failure.path) \(failure.problem)") }
}
