package import Moderation
package import Observability
import Setup

/// The session in the bot's data path, as setup and doctor read it too.
package struct SessionFile: SessionStoring {
    private let path: String
    private let passwordSource: @Sendable () -> Secret?

    /// `password` is asked anew each time: whoever takes the password's file away means it.
    package init(dataPath: String, password: @escaping @Sendable () -> Secret?) {
        path = SavedSession.path(in: dataPath)
        passwordSource = password
    }

    package func load() -> SavedSession? {
        ((try? SystemFiles().read(path, atMost: 1 << 16)) ?? nil)?.text.flatMap { SavedSession(fileText: $0) }
    }

    package func save(_ session: SavedSession) throws(SessionNotSaved) {
        do throws(FileFailure) {
            try SystemFiles().write(Array(session.fileText.utf8), to: path, isSecret: true)
        } catch {
            throw SessionNotSaved("\(path) \(error.problem)")
        }
    }

    package func password() -> Secret? { passwordSource() }
}
