package import Observability

/// What a refresh token was taken for.
package struct IssuedTokens: Sendable, Equatable {
    package let accessToken: Secret
    package let refreshToken: Secret?
    package let expiresIn: Duration?

    package init(accessToken: Secret, refreshToken: Secret?, expiresIn: Duration?) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.expiresIn = expiresIn
    }
}

extension Credential {
    /// With the new tokens; `now` is in milliseconds since 1970.
    ///
    /// An answer without a refresh token leaves the old one in force.
    package func replaced(by tokens: IssuedTokens, at now: Int64) -> Credential {
        var renewed = self
        renewed.token = tokens.accessToken
        renewed.life = tokens.expiresIn.map { TokenLife(issued: now, lasting: $0) }
        if let refreshToken = tokens.refreshToken { renewed.renewal = renewal.map { $0.with(refreshToken) } }
        return renewed
    }
}

extension Credential.Renewal {
    fileprivate func with(_ refreshToken: Secret) -> Credential.Renewal {
        switch self {
        case .matrix: .matrix(refreshToken: refreshToken)
        case .oauth(_, let clientID, let tokenEndpoint):
            .oauth(refreshToken: refreshToken, clientID: clientID, tokenEndpoint: tokenEndpoint)
        }
    }
}
