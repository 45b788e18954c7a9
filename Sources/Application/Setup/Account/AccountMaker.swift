import Moderation
import MatrixCore
import Observability

/// Carries one way to an account out.
struct AccountMaker {
    let step: String
    let localpart: String
    let secrets: AccountSecrets

    /// The operator's own way of running it, where that was given.
    var commands: ServiceCommands { secrets.serviceCommands ?? .standard }

    /// The session, with its life, and what was done for it.
    func session(
        by way: AccountWay,
        _ run: inout SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> (AccountSession, String) {
        let asked = tools.clock.wallMilliseconds()
        let (session, line) = try await undatedSession(by: way, &run, tools)
        return (session.dated(asked), line)
    }

    private func undatedSession(
        by way: AccountWay,
        _ run: inout SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> (AccountSession, String) {
        let (homeserver, server) = try run.found(step)
        switch way {
        case .token: return (try await ofToken(secrets.token, homeserver, server), "the given token works")
        case .appservice: return try await ofAppservice(homeserver, server)
        case .password: return try await logIn(secrets.password, homeserver, server, tools, made: false)
        case .serviceAdmin: return try await byServiceAdmin(homeserver, server, &run, tools)
        case .serviceCommand: return try await byCommand(server, &run, tools)
        case .deviceGrant: return try await byDeviceGrant(homeserver, server, &run, tools)
        case .sharedSecret, .adminToken, .registrationToken, .openRegistration:
            return try await make(by: way, homeserver, server, &run, tools)
        }
    }

    private func ofToken(
        _ token: Secret?,
        _ homeserver: any SetupHomeserver,
        _ server: ServerFacts
    ) async throws(StepFailure) -> AccountSession {
        guard let token else { throw .missing("access-token-file", "the account's access token") }
        do throws(ServerFailure) {
            let identity = try await homeserver.identity(token)
            return AccountSession(user: identity.user, token: token, device: identity.device)
        } catch {
            guard error.isTokenRejected else {
                throw error.ending(step, at: server.baseURL, "the token could not be tried")
            }
            let hint =
                server.isDelegated
                ? [
                    "after mas-cli has issued one, Synapse learns of its device by:",
                    "    " + commands.provision.joined(separator: " "),
                    "it remembers for two minutes what it did not know; a locked account's token looks the same",
                ] : []
            throw StepFailure(
                step,
                "the homeserver does not know the access token: it is mistyped, has ended, is revoked, or of another server",
                cure: [
                    "log in anew and give the new token; a logout in a client kills the token that was copied from it"
                ] + hint
            )
        }
    }

    private func ofAppservice(
        _ homeserver: any SetupHomeserver,
        _ server: ServerFacts
    ) async throws(StepFailure) -> (AccountSession, String) {
        guard let registration = secrets.appservice else { throw .missing("appservice-registration", "the file") }
        let identity: Identity
        do throws(ServerFailure) { identity = try await homeserver.identity(registration.token) } catch {
            guard error.isTokenRejected else {
                throw error.ending(step, at: server.baseURL, "the registration could not be tried")
            }
            throw StepFailure(
                step,
                "the homeserver does not know the registration's as_token",
                cure: "name the file in the homeserver's app_service_config_files, and restart the homeserver"
            )
        }
        guard equalByBytes(String(identity.user.localpart), registration.senderLocalpart) else {
            throw StepFailure(
                step,
                "the homeserver knows the registration's as_token as \(identity.user), and the file's sender_localpart is"
                    + " \(printable(registration.senderLocalpart))",
                cure: "restart the homeserver, or give the file that it was started with"
            )
        }
        return (
            AccountSession(user: identity.user, token: registration.token, device: identity.device),
            "the application service acts as \(identity.user)"
        )
    }
}
