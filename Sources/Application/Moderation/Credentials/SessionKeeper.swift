import MatrixCore
package import Observability
import Synchronization

/// The bot's access token, replaced when it ends or dies: by its refresh token, else by logging in where a password is at
/// hand. One replacement is under way at a time, whoever asks.
///
/// A new pair is on the disk before it is used, and so before the old one is dropped.
package actor SessionKeeper {
    private nonisolated let held: Mutex<Credential?>
    private let origin: SessionOrigin
    private let username: String?
    private let issuer: any TokenIssuing
    private let store: any SessionStoring
    /// Those who wait for the replacement that is under way; nil where none is.
    private var waiting: [CheckedContinuation<Result<Secret, TokenFailure>, Never>]?

    /// - Parameters:
    ///   - credential: Nil where logging in is the first thing to do.
    ///   - origin: What the credential goes back to, as the store's session names it.
    ///   - username: Whom to log in as where the credential does not say.
    ///   - issuer: Gives the new tokens.
    ///   - store: Keeps them.
    package init(
        _ credential: Credential?,
        from origin: SessionOrigin,
        username: String? = nil,
        issuer: any TokenIssuing,
        store: any SessionStoring
    ) {
        held = Mutex(credential)
        self.origin = origin
        self.username = username
        self.issuer = issuer
        self.store = store
    }

    package nonisolated var credential: Credential? { held.withLock { $0 } }

    /// The token to send, taken anew only where there is none yet.
    package nonisolated func token() async throws(TokenFailure) -> Secret {
        if let credential { return credential.token }
        return try await replacement(of: nil)
    }

    /// A token that is not the rejected one.
    ///
    /// No server says for sure whether a token has merely ended, so the refresh token is tried first, whatever it said.
    package func replacement(of rejected: Secret?) async throws(TokenFailure) -> Secret {
        if let current = credential?.token, current != rejected { return current }
        guard waiting == nil else { return try await withCheckedContinuation { waiting?.append($0) }.get() }
        waiting = []
        let result: Result<Secret, TokenFailure>
        do throws(TokenFailure) { result = .success(try await replace()) } catch { result = .failure(error) }
        for continuation in waiting ?? [] { continuation.resume(returning: result) }
        waiting = nil
        return try result.get()
    }

    /// Renews ahead of the end.
    package func renew() async throws(TokenFailure) { _ = try await replacement(of: credential?.token) }

    private func replace() async throws(TokenFailure) -> Secret {
        var refusals: [String] = []
        if let old = credential, let renewal = old.renewal {
            do throws(TokenFailure) { return try keep(try await issuer.renewed(old, by: renewal)) } catch {
                guard case .refused(let why) = error else { throw error }
                refusals.append("renewing it was refused: \(why)")
            }
        }
        // Setup beside the running bot may have been quicker.
        if let saved = store.load(), saved.origin == origin, saved.credential.token != credential?.token {
            held.withLock { $0 = saved.credential }
            return saved.credential.token
        }
        if let user = credential?.user?.rawValue ?? username, let password = store.password() {
            do throws(TokenFailure) {
                let login = PasswordLogin(user: user, password: password, device: credential?.device)
                return try keep(try await issuer.logIn(login))
            } catch {
                guard case .refused(let why) = error else { throw error }
                refusals.append("logging in as \(user) was refused: \(why)")
            }
        }
        throw .refused(refusals.joined(separator: "; "))
    }

    private func keep(_ new: Credential) throws(TokenFailure) -> Secret {
        do throws(SessionNotSaved) {
            try store.save(SavedSession(origin: origin, credential: new))
        } catch {
            throw .unavailable("a new token was issued and cannot be kept: \(error.problem)")
        }
        held.withLock { $0 = new }
        return new.token
    }
}

extension SessionKeeper {
    /// A token that nothing replaces.
    package static func fixed(_ token: Secret) -> SessionKeeper {
        SessionKeeper(
            Credential(token: token),
            from: SessionOrigin(of: token),
            issuer: NoTokens(),
            store: NoSession()
        )
    }
}

private struct NoTokens: TokenIssuing {
    func renewed(_ credential: Credential, by renewal: Credential.Renewal) async throws(TokenFailure) -> Credential {
        throw .refused("")
    }
    func logIn(_ login: PasswordLogin) async throws(TokenFailure) -> Credential { throw .refused("") }
}

private struct NoSession: SessionStoring {
    func load() -> SavedSession? { nil }
    func save(_ session: SavedSession) throws(SessionNotSaved) {}
    func password() -> Secret? { nil }
}
