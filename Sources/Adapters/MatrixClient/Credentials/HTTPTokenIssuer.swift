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
        do throws(ServerFailure) {
            let session = try await homeserver.logIn(login)
            guard session.expiresIn != nil, session.renewal == nil else { return session.credential(issuedAt: now()) }
            var renewable = login
            renewable.device = session.device ?? login.device
            renewable.isRenewable = true
            return try await homeserver.logIn(renewable).credential(issuedAt: now())
        } catch {
            throw TokenFailure(error)
        }
    }
}

extension TokenFailure {
    /// Only what a server says as itself counts as a refusal; a proxy before it, or a server in trouble, may say yes later.
    init(_ failure: ServerFailure) {
        let text = "\(failure.request): \(failure.cause)"
        switch failure.reason {
        case .refused: self = .refused(text)
        case .unknownHost, .nobodyThere, .tls, .timedOut, .cutOff, .webPage, .notMatrix, .limited, .trouble,
            .incomplete, .cancelled:
            self = .unavailable(text)
        }
    }
}
