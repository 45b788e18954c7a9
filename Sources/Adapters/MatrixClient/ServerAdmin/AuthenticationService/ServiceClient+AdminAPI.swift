import HTTPClient
import JSON
import MatrixCore
import Observability
import Setup

/// - Source: Matrix Authentication Service, "Admin API", `/api/admin/v1`.
extension ServiceClient {
    /// A client takes its secret in the header or in the body, as it was set up; the wrong one is `invalid_client`.
    func adminToken(client: String, secret: Secret) async throws(ServerFailure) -> Secret {
        let url = try endpoint(metadata.tokenEndpoint, "token_endpoint")
        let fields = [("grant_type", "client_credentials"), ("scope", TokenScope.serviceAdmin)]
        var exchange = try await answer(.post, url, .form(fields), as: .client(client, secret))
        if exchange.json?["error"] == "invalid_client" {
            let inBody = fields + [("client_id", client), ("client_secret", secret.reveal())]
            exchange = try await answer(.post, url, .form(inBody))
        }
        guard let token = try exchange.checked()["access_token"]?.token else {
            throw ServerFailure(exchange.request, .incomplete("access_token"))
        }
        return token
    }

    func user(_ localpart: String, _ token: Secret) async throws(ServerFailure) -> ServiceUser? {
        let exchange = try await answer(
            .get,
            metadata.adminAPI + "/users/by-username/" + percentEncoded(localpart),
            as: .bearer(token)
        )
        if exchange.status == 404, exchange.json?["errors"] != nil { return nil }
        return try user(exchange)
    }

    func makeUser(_ localpart: String, _ token: Secret) async throws(ServerFailure) -> ServiceUser {
        let body: JSONValue = ["username": .string(localpart)]
        if let rehearsed = rehearse(.post, "/users", body) {
            return ServiceUser(id: rehearsed, localpart: localpart)
        }
        return try user(try await answer(.post, metadata.adminAPI + "/users", .json(body), as: .bearer(token)))
    }

    func setPassword(_ password: Secret, of user: ServiceUser, _ token: Secret) async throws(ServerFailure) {
        let path = "/users/\(percentEncoded(user.id))/set-password"
        let body: JSONValue = ["password": .string(password.reveal())]
        guard rehearse(.post, path, body) == nil else { return }
        let exchange = try await answer(.post, metadata.adminAPI + path, .json(body), as: .bearer(token))
        _ = try exchange.checked()
    }

    func issuePersonalToken(
        _ scope: TokenScope,
        for user: ServiceUser,
        named name: String,
        _ token: Secret
    ) async throws(ServerFailure) -> PersonalToken {
        let body: JSONValue = [
            "actor_user_id": .string(user.id), "human_name": .string(name), "scope": .string(scope.text),
        ]
        guard rehearse(.post, "/personal-sessions", body) == nil else {
            return PersonalToken(session: nil, token: Rehearsal.token)
        }
        let exchange = try await answer(
            .post,
            metadata.adminAPI + "/personal-sessions",
            .json(body),
            as: .bearer(token)
        )
        let data = try exchange.checked()["data"]
        guard let issued = data?["attributes"]?["access_token"]?.token else {
            throw ServerFailure(exchange.request, .incomplete("access_token"))
        }
        return PersonalToken(session: data?["id"]?.token?.reveal(), token: issued)
    }

    func endPersonalSession(_ id: String, _ token: Secret) async throws(ServerFailure) {
        let path = "/personal-sessions/\(percentEncoded(id))/revoke"
        guard rehearse(.post, path, [:]) == nil else { return }
        _ = try await answer(.post, metadata.adminAPI + path, .json([:]), as: .bearer(token)).checked()
    }

    private func user(_ exchange: ServerExchange) throws(ServerFailure) -> ServiceUser {
        let data = try exchange.checked()["data"]
        guard let id = data?["id"]?.token?.reveal(), let name = data?["attributes"]?["username"]?.string else {
            throw ServerFailure(exchange.request, .incomplete("the user"))
        }
        return ServiceUser(
            id: id,
            localpart: name,
            isLocked: data?["attributes"]?["locked_at"]?.string != nil,
            isDeactivated: data?["attributes"]?["deactivated_at"]?.string != nil
        )
    }

    /// The ID of what would be made, in a run that makes nothing.
    private func rehearse(_ method: HTTPRequest.Method, _ path: String, _ body: JSONValue) -> String? {
        guard let rehearsal else { return nil }
        rehearsal.note(requestPreview(method, metadata.adminAPI + path, body))
        return "new"
    }
}
