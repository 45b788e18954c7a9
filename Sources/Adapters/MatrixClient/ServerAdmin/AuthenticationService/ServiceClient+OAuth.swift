import HTTPClient
import JSON
import Moderation
import Observability
import Setup

/// - Source: RFC 7591 (registration), RFC 8628 (device grant), RFC 6749, section 6 (refresh), RFC 7009 (revocation).
extension ServiceClient: AuthenticationService {
    private static let deviceGrantType = "urn:ietf:params:oauth:grant-type:device_code"
    /// Shown to the person who approves; it must be `https`, and its host is not asked.
    private static let home = "https://the-draupnir-project.github.io/draupnir-documentation/"

    func registerClient() async throws(ServerFailure) -> String {
        let url = try endpoint(metadata.registrationEndpoint, "registration_endpoint")
        let exchange = try await answer(
            .post,
            url,
            .json([
                "client_name": "Draupnir moderation bot", "client_uri": .string(Self.home),
                "grant_types": [.string(Self.deviceGrantType), "refresh_token"], "application_type": "native",
                "token_endpoint_auth_method": "none",
            ])
        )
        let client = try exchange.checked()
        guard let id = client["client_id"]?.token?.reveal() else {
            throw ServerFailure(exchange.request, .incomplete("client_id"))
        }
        // Where the grant is switched off the service leaves it out without a word.
        let grants = client["grant_types"]?.elements.compactMap(\.string) ?? [Self.deviceGrantType]
        guard grants.contains(Self.deviceGrantType) else { throw grantIsOff(exchange.request) }
        return id
    }

    func startDeviceGrant(_ scope: TokenScope, client: String) async throws(ServerFailure) -> DeviceGrant {
        guard let url = metadata.deviceEndpoint else { throw grantIsOff("GET auth_metadata") }
        let exchange = try await answer(.post, url, .form([("client_id", client), ("scope", scope.text)]))
        let grant = try exchange.checked()
        guard let deviceCode = grant["device_code"]?.token, let userCode = grant["user_code"]?.string,
            let page = grant["verification_uri"]?.string, let lifetime = grant["expires_in"]?.integer
        else { throw ServerFailure(exchange.request, .incomplete("device_code, user_code and verification_uri")) }
        return DeviceGrant(
            deviceCode: deviceCode,
            userCode: userCode,
            verificationURL: page,
            completeURL: grant["verification_uri_complete"]?.string,
            expiresIn: .seconds(min(max(lifetime, 1), 86_400)),
            interval: .seconds(min(max(grant["interval"]?.integer ?? 5, 1), 60))
        )
    }

    /// The status of a “not yet” is 400 by RFC 8628 and 403 by the Matrix Authentication Service: the code counts.
    func poll(_ grant: DeviceGrant, client: String) async throws(ServerFailure) -> DeviceGrantAnswer {
        let exchange = try await answer(
            .post,
            try endpoint(metadata.tokenEndpoint, "token_endpoint"),
            .form([
                ("grant_type", Self.deviceGrantType), ("device_code", grant.deviceCode.reveal()), ("client_id", client),
            ])
        )
        switch exchange.status < 500 ? exchange.json?["error"]?.string : nil {
        case "authorization_pending": return .pending
        case "slow_down": return .slowDown
        case "access_denied": return .denied
        case "expired_token": return .expired
        default: return .granted(try tokens(exchange))
        }
    }

    func refresh(_ refreshToken: Secret, client: String) async throws(ServerFailure) -> IssuedTokens {
        let fields = [
            ("grant_type", "refresh_token"), ("refresh_token", refreshToken.reveal()), ("client_id", client),
        ]
        return try tokens(
            try await answer(.post, try endpoint(metadata.tokenEndpoint, "token_endpoint"), .form(fields))
        )
    }

    func revoke(_ token: Secret, client: String) async throws(ServerFailure) {
        let url = try endpoint(metadata.revocationEndpoint, "revocation_endpoint")
        let exchange = try await answer(.post, url, .form([("token", token.reveal()), ("client_id", client)]))
        _ = try exchange.checked()
    }

    private func tokens(_ exchange: ServerExchange) throws(ServerFailure) -> IssuedTokens {
        try issuedTokens(try exchange.checked(), lasting: "expires_in", .seconds(1), exchange.request)
    }

    private func grantIsOff(_ request: String) -> ServerFailure {
        ServerFailure(
            request,
            .refused(
                status: 400,
                code: "unauthorized_client",
                message: "the device authorization grant is switched off"
            )
        )
    }
}
