package import HTTPClient
import MatrixCore
package import Moderation
import Setup

/// New tokens of the homeserver, or of the authentication service that it leaves them to.
package struct HTTPTokenIssuer: TokenIssuing {
    private let homeservers: HTTPHomeservers
    private let baseURL: String
    private let now: @Sendable () -> Int64

    /// `now` is in milliseconds since 1970.
    package init(baseURL: String, http: HTTPClient, version: String, now: @escaping @Sendable () -> Int64) {
        homeservers = HTTPHomeservers(http: http, version: version)
        self.baseURL = baseURL
        self.now = now
    }

    package func renewed(
        _ credential: Credential,
        by renewal: Credential.Renewal
    ) async throws(TokenFailure) -> Credential {
        let asked = now()
        do throws(ServerFailure) {
            return credential.replaced(by: try await homeservers.tokens(for: renewal, at: baseURL), at: asked)
        } catch {
            throw TokenFailure(error)
        }
    }

    /// A token that lasts where there is one, else one that can be renewed.
    package func logIn(_ login: PasswordLogin) async throws(TokenFailure) -> Credential {
        do throws(ServerFailure) {
            return try await homeservers.homeserver(at: baseURL, named: nil).lastingLogin(login, now).credential
        } catch {
            throw error.isLoginUnknown ? .refused(error.cause) : TokenFailure(error)
        }
    }
}

extension TokenFailure {
    /// Only a no to the credential itself is a refusal: a proxy, a lock or a server in trouble may let it pass later.
    init(_ failure: ServerFailure) {
        self = failure.isCredentialRefused ? .refused(failure.cause) : .unavailable(failure.cause)
    }
}
