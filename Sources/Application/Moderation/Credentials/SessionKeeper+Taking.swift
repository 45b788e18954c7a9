import MatrixCore
import Observability
import Synchronization

/// Where the next token comes from, and how it is kept.
extension SessionKeeper {
    func taken(_ isDead: Bool) async throws(TokenFailure) -> Secret {
        // Setup beside the running bot may have been quicker.
        if problem == nil, let saved = ((try? store.load()) ?? nil)?.credential(from: origin),
            saved.token != credential?.token
        {
            held.withLock { $0.credential = saved }
            return saved.token
        }
        var refusals: [String] = []
        if let old = credential, let renewal = old.renewal {
            do throws(TokenFailure) { return try await renewed(old, by: renewal, isDead) } catch {
                guard case .refused(let why) = error else { throw error }
                refusedRenewal = (renewal.refreshToken, why)
                refusals.append("renewing it was refused: \(why)")
            }
        }
        if let user = username ?? credential?.user?.rawValue, let password = store.password() {
            do throws(TokenFailure) {
                return try await loggedIn(user, password, after: refusals)
            } catch {
                guard case .refused(let why) = error else { throw error }
                refusedLogin = (password, why)
                refusals.append("logging in as \(user) was refused: \(why)")
            }
        }
        throw .refused(refusals.joined(separator: "; "))
    }

    /// As long as the old token works, nothing is asked for that could not be kept; a dead one is replaced all the same.
    private func renewed(
        _ old: Credential,
        by renewal: Credential.Renewal,
        _ isDead: Bool
    ) async throws(TokenFailure) -> Secret {
        if let refusedRenewal, refusedRenewal.token == renewal.refreshToken { throw .refused(refusedRenewal.why) }
        if !isDead {
            do throws(SessionProblem) { try save(old) } catch {
                throw .unavailable("a new one could not be kept: \(error.text)")
            }
        }
        let new = try await issuer.renewed(old, by: renewal)
        if isDead {
            hold(new)
        } else {
            do throws(SessionProblem) { try save(new) } catch {
                throw .unavailable("a new one was issued and cannot be kept: \(error.text)")
            }
            held.withLock { ($0.credential, $0.problem) = (new, nil) }
        }
        return new.token
    }

    /// The login has ended the old token already, so the new one is used even where it cannot be kept.
    private func loggedIn(
        _ user: String,
        _ password: Secret,
        after refusals: [String]
    ) async throws(TokenFailure) -> Secret {
        if let refusedLogin, refusedLogin.password == password { throw .refused(refusedLogin.why) }
        let old = credential
        let new = try await issuer.logIn(PasswordLogin(user: user, password: password, device: old?.device))
        if let expected = old?.user, let found = new.user, expected != found {
            throw .refused("it leads to another account, \(found)")
        }
        hold(new)
        if old != nil { held.withLock { $0.newLogin = refusals.first ?? "my access token was dead" } }
        return new.token
    }

    /// A session that setup has begun with another token since the start is the next start's.
    private func save(_ credential: Credential) throws(SessionProblem) {
        if let found = ((try? store.load()) ?? nil)?.origin, found != origin, found != superseded {
            throw SessionProblem("another token was configured since I started: restart me")
        }
        try store.save(SavedSession(origin: origin, credential: credential))
    }

    func hold(_ new: Credential) {
        var problem: SessionProblem?
        do throws(SessionProblem) { try save(new) } catch { problem = error }
        held.withLock { [problem] held in (held.credential, held.problem) = (new, problem) }
    }
}
