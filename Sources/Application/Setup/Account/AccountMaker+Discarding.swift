import MatrixCore
import Observability

/// What was issued and is not used after all is ended.
extension AccountMaker {
    /// The failure; where the token could not be ended, with what ends it.
    func discarding(
        _ issued: IssuedToken,
        for failure: StepFailure,
        _ run: SetupRun,
        _ tools: SetupTools
    ) async -> StepFailure {
        guard !run.wishes.isDryRun, let (homeserver, server) = try? run.found(step) else { return failure }
        do throws(ServerFailure) {
            switch issued {
            case .approved(let refreshToken, let client):
                if let service = try? authenticationService(server, run, tools) {
                    try await service.revoke(refreshToken, client: client)
                }
                try? tools.files.remove(run.folder.approvedSession)
            case .personal(let session):
                if let service = try? authenticationService(server, run, tools) {
                    try await service.endPersonalSession(session, try await serviceCredential(service, run, tools))
                }
            case .matrix(let token, _): try await homeserver.logOut(token)
            }
            return failure
        } catch {
            guard !error.isTokenRejected else { return failure }
            return StepFailure(
                failure.step,
                failure.cause,
                cure: failure.cure + ending(issued, server, error),
                kind: failure.kind
            )
        }
    }

    /// For an operator to type.
    private func ending(_ issued: IssuedToken, _ server: ServerFacts, _ failure: ServerFailure) -> [String] {
        let what = "the token that was issued just now is not used, and could not be ended (\(failure.cause)); "
        switch (issued, server.isDelegated) {
        case (.personal(let session), _):
            let api = server.authentication?.adminAPI ?? ""
            return [
                what + "end it with a token for the service's admin API in ADMIN_TOKEN:",
                AdminLines.curl("POST", nil, "\(api)/personal-sessions/\(percentEncoded(session))/revoke"),
            ]
        case (.approved, _), (.matrix, true):
            let line = (commands.program + ["manage", "kill-sessions", localpart]).joined(separator: " ")
            return [
                what + "run where the authentication service runs (it ends all sessions of \(localpart)):",
                "    \(line)",
            ]
        case (.matrix(_, let device?), false) where server.flavour == .synapse && server.serverName != nil:
            let user = "@\(localpart):\(server.serverName.map { "\($0)" } ?? "")"
            let path = "/_synapse/admin/v2/users/\(percentEncoded(user))/devices/\(percentEncoded(device))"
            return [
                what + "end it with a server admin's token in ADMIN_TOKEN:",
                AdminLines.curl("DELETE", nil, server.baseURL + path),
            ]
        case (.matrix, false):
            return [what + "log in as \(localpart) in a client, and end it in the list of sessions there"]
        }
    }
}
