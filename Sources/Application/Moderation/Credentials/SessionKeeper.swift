import MatrixCore
package import Observability
import Synchronization

/// The bot's access token, replaced when it ends or dies: by its refresh token, else by logging in where a password is at
/// hand. One replacement is under way at a time, whoever asks.
///
/// A renewed pair is on the disk before it is used, and so before the old one is dropped; only where the old one is dead
/// already and the disk refuses is it used all the same.
package actor SessionKeeper {
    struct Held {
        var credential: Credential?
        /// Why what is held is not on the disk.
        var problem: SessionProblem?
        /// Why a login was necessary, until that was told.
        var newLogin: String?
    }

    nonisolated let held: Mutex<Held>
    let origin: SessionOrigin
    let username: String?
    let issuer: any TokenIssuing
    let store: any SessionStoring
    private let time: any TimeSource
    /// What the session went back to that was on the disk at the start, and may be replaced.
    let superseded: SessionOrigin?
    /// Those who wait for the replacement that is under way; nil where none is.
    private var waiting: [CheckedContinuation<Result<Secret, TokenFailure>, Never>]?
    /// Requests come by the hundred: after a failure none of them asks again at once.
    private var pause: (end: Duration, failure: TokenFailure)?
    private var failures = 0
    /// What was refused is not sent a second time.
    var refusedRenewal: (token: Secret, why: String)?
    var refusedLogin: (password: Secret, why: String)?

    /// - Parameters:
    ///   - credential: Nil where logging in is the first thing to do.
    ///   - origin: What the credential goes back to, as the store's session names it.
    ///   - username: Whom to log in as, where that is configured; else the credential says it.
    ///   - issuer: Gives the new tokens.
    ///   - store: Keeps them.
    ///   - time: For pauses after failures.
    package init(
        _ credential: Credential?,
        from origin: SessionOrigin,
        username: String? = nil,
        issuer: any TokenIssuing,
        store: any SessionStoring,
        time: any TimeSource
    ) {
        held = Mutex(Held(credential: credential))
        self.origin = origin
        self.username = username
        self.issuer = issuer
        self.store = store
        self.time = time
        superseded = ((try? store.load()) ?? nil)?.origin
    }

    package nonisolated var credential: Credential? { held.withLock { $0.credential } }

    /// Why a restart would not find the present token.
    package nonisolated var problem: SessionProblem? { held.withLock { $0.problem } }

    /// Why the bot had to log in anew, once each time: somebody may have logged it out.
    package nonisolated func takeNewLogin() -> String? {
        held.withLock { held in
            defer { held.newLogin = nil }
            return held.newLogin
        }
    }

    /// The token to send, taken anew only where there is none yet.
    package nonisolated func token() async throws(TokenFailure) -> Secret {
        if let credential { return credential.token }
        return try await replacement(of: nil)
    }

    /// Whose token it is, as the server says; for a login that may be needed later.
    package nonisolated func learn(_ identity: Identity) {
        held.withLock { held in
            held.credential?.user = identity.user
            if held.credential?.device == nil { held.credential?.device = identity.device }
        }
    }

    /// A token that is not the rejected one.
    ///
    /// No server says for sure whether a token has merely ended, so the refresh token is tried first, whatever it said.
    package func replacement(of rejected: Secret?) async throws(TokenFailure) -> Secret {
        if let current = credential?.token, current != rejected { return current }
        if let pause, time.now().monotonic < pause.end { throw pause.failure }
        return try await replacement(isDead: true)
    }

    /// Renews ahead of the end.
    package func renew() async throws(TokenFailure) { _ = try await replacement(isDead: false) }

    /// Tries again to keep what could not be kept.
    package func keepAgain() {
        guard problem != nil, let credential else { return }
        hold(credential)
    }

    private func replacement(isDead: Bool) async throws(TokenFailure) -> Secret {
        guard waiting == nil else { return try await withCheckedContinuation { waiting?.append($0) }.get() }
        waiting = []
        let result: Result<Secret, TokenFailure>
        do throws(TokenFailure) {
            result = .success(try await taken(isDead))
            (failures, pause) = (0, nil)
        } catch {
            result = .failure(error)
            failures += 1
            // A refusal is answered from memory, and ends the program.
            if case .unavailable = error {
                pause = (time.now().monotonic + .seconds(1 << min(failures - 1, 6)), error)
            }
        }
        for continuation in waiting ?? [] { continuation.resume(returning: result) }
        waiting = nil
        return try result.get()
    }
}
