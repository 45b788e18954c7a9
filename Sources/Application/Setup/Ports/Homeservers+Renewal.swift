package import Moderation

extension Homeservers {
    /// Takes the tokens of a refresh token where they are taken: at the homeserver, or at an authentication service.
    package func tokens(
        for renewal: Credential.Renewal,
        at baseURL: String
    ) async throws(ServerFailure) -> IssuedTokens {
        switch renewal {
        case .matrix(let refreshToken):
            return try await homeserver(at: baseURL, named: nil).refresh(refreshToken)
        case .oauth(let refreshToken, let client, let tokenEndpoint):
            let place = AuthenticationMetadata(issuer: "", tokenEndpoint: tokenEndpoint)
            return try await authenticationService(place).refresh(refreshToken, client: client)
        }
    }
}
