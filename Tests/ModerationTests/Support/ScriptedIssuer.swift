import BotHarness
import Moderation
import Observability
import Synchronization

/// Gives out tokens by a script, and remembers what it was asked.
final class ScriptedIssuer: TokenIssuing {
    private let state = Mutex(State())

    private struct State {
        var renewals: [Result<Credential, TokenFailure>] = []
        var logins: [Result<Credential, TokenFailure>] = []
        var asked: [String] = []
        var onRequest: (@Sendable () async -> Void)?
    }

    init(
        renewals: [Result<Credential, TokenFailure>] = [],
        logins: [Result<Credential, TokenFailure>] = [],
        onRequest: (@Sendable () async -> Void)? = nil
    ) {
        state.withLock { $0 = State(renewals: renewals, logins: logins, onRequest: onRequest) }
    }

    var asked: [String] { state.withLock { $0.asked } }

    func renewed(_ credential: Credential, by renewal: Credential.Renewal) async throws(TokenFailure) -> Credential {
        await note("refresh \(renewal.refreshToken.reveal())")
        // The last answer of a script is given again and again.
        return try state.withLock { $0.renewals.count > 1 ? $0.renewals.removeFirst() : $0.renewals[0] }.get()
    }

    func logIn(_ login: PasswordLogin) async throws(TokenFailure) -> Credential {
        await note("log in \(login.user) \(login.password.reveal()) \(login.device ?? "")")
        return try state.withLock { $0.logins.count > 1 ? $0.logins.removeFirst() : $0.logins[0] }.get()
    }

    private func note(_ text: String) async {
        let wait = state.withLock { state in
            state.asked.append(text)
            return state.onRequest
        }
        await wait?()
    }
}

/// A session's file in memory.
final class SessionMemory: SessionStoring {
    private let state: Mutex<(saved: SavedSession?, password: Secret?, problem: String?)>

    init(_ saved: SavedSession? = nil, password: Secret? = nil) { state = Mutex((saved, password, nil)) }

    var problem: String? {
        get { state.withLock { $0.problem } }
        set { state.withLock { $0.problem = newValue } }
    }

    func load() -> SavedSession? { state.withLock { $0.saved } }

    func save(_ session: SavedSession) throws(SessionProblem) {
        let problem = state.withLock { state in
            if state.problem == nil { state.saved = session }
            return state.problem
        }
        if let problem { throw SessionProblem(problem) }
    }

    func put(password: Secret) { state.withLock { $0.password = password } }

    func password() -> Secret? { state.withLock { $0.password } }
}

extension Credential {
    /// Its refresh token is named like it.
    static func sample(_ name: String, life: TokenLife? = nil) throws -> Credential {
        Credential(
            token: Secret(name),
            user: Community.bot,
            device: "DEVICE",
            life: life,
            renewal: .matrix(refreshToken: Secret("refresh-" + name))
        )
    }
}
