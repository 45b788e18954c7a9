import HTTPClient
import Observability

/// Returns once the homeserver at this address does not take the token any more.
func waitForEnd(of token: Secret, at url: String, _ http: HTTPClient) async throws {
    let exchange = MatrixExchange(baseURL: url, http: http, accessToken: token.reveal())
    try await polling(atMost: .seconds(180), "the token's end") { () -> Void? in
        do {
            _ = try await exchange.call(.get, .client("account", "whoami"))
            return nil
        } catch let failure as MatrixFailure where failure.code == "M_UNKNOWN_TOKEN" { return () }
    }
}
