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
            let tokens: IssuedTokens
            switch renewal {
            case .matrix(let refreshToken):
                tokens = try await homeservers.homeserver(at: baseURL, named: nil).refresh(refreshToken)
            case .oauth(let refreshToken, let client, let endpoint):
                let place = AuthenticationMetadata(issuer: "", tokenEndpoint: endpoint)
                tokens = try await homeservers.authenticationService(place).refresh(refreshToken, client: client)
            }
            return credential.replaced(by: tokens, at: asked)
        } catch {
            throw TokenFailure(error)
        }
    }

    /// A token that lasts where there is one, else one that can be renewed.
    package func logIn(_ login: PasswordLogin) async throws(TokenFailure) -> Credential {
        let homeserver = homeservers.homeserver(at: baseURL, named: nil)
        let asked = now()
        let session: AccountSession
        do throws(ServerFailure) { session = try await homeserver.logIn(login) } catch { throw TokenFailure(error) }
        let first = session.credential(issuedAt: asked)
        guard session.expiresIn != nil, session.renewal == nil else { return first }
        var renewable = login
        renewable.device = session.device ?? login.device
        renewable.isRenewable = true
        // The first one is good for a while, and better than none.
        do throws(ServerFailure) { return try await homeserver.logIn(renewable).credential(issuedAt: asked) } catch {
            return first
        }
    }
}

extension TokenFailure {
    /// Only a no to the credential itself is a refusal: a proxy, a lock or a server in trouble may let it pass later.
    init(_ failure: ServerFailure) {
        self = failure.isCredentialRefused ? .refused(failure.cause) : .unavailable(failure.cause)
    }
}
