import Moderation
import MatrixCore
import Observability

/// Whether a new token works.
extension AccountMaker {
    /// Whose a token is that was issued just now.
    ///
    /// Synapse remembers for two minutes that it did not know a token, also of a device that it learns of a moment later.
    /// A server that is in trouble for a moment is asked again: what was issued may be good.
    func tried(
        _ token: Secret,
        _ homeserver: any SetupHomeserver,
        _ server: ServerFacts,
        _ tools: SetupTools
    ) async throws(StepFailure) -> Identity {
        var isLast = !server.isDelegated
        var pauses: [Duration] = [.seconds(1), .seconds(2), .seconds(4)]
        while true {
            do throws(ServerFailure) { return try await homeserver.identity(token) } catch {
                if case .refused(_, _, let message) = error.reason, message.contains("doesn't grant access") {
                    throw StepFailure(
                        step,
                        "the new token is not for the Matrix API: the authentication service has left"
                            + " \(TokenScope.clientAPI(isStable: server.versions.hasStableScopes)) out of its scope",
                        cure:
                            "have the service's policy (“policy” in its configuration) grant it that, and run the same again; or"
                            + " give --mas-cli, whose tokens have it always"
                    )
                }
                if let pause = pauses.first, error.mayPass, error.delay <= .seconds(60), !Task.isCancelled {
                    pauses.removeFirst()
                    await tools.clock.sleep(for: max(pause, error.delay))
                    continue
                }
                guard error.isTokenRejected, server.isDelegated else {
                    throw error.ending(step, at: server.baseURL, "the new token was tried and does not work")
                }
                guard !isLast else { throw stillUnknown(error) }
            }
            isLast = true
            tools.person.tell(
                "The homeserver does not know the new token yet, and remembers that for two minutes: waiting …"
            )
            await tools.clock.sleep(for: .seconds(125))
        }
    }

    private func stillUnknown(_ failure: ServerFailure) -> StepFailure {
        StepFailure(
            step,
            "the new token was tried and does not work: \(failure.cause)",
            cure: [
                "the service says the same of a locked account, of one that Synapse does not know, and of a revoked token; run"
                    + " where the service runs, then wait two minutes and run the same again:"
            ]
                + commands.unlockLines(localpart: localpart, reactivates: false)
                + ["    " + commands.provision.joined(separator: " ")]
        )
    }
}

extension ServerFailure {
    /// Whether asking again may bring an answer.
    var mayPass: Bool {
        switch reason {
        case .unknownHost, .nobodyThere, .timedOut, .cutOff, .limited, .trouble: true
        // A proxy's own, which knows nothing of JSON.
        case .webPage(let status), .notMatrix(let status, _), .refused(let status, _, _): [408, 429].contains(status)
        case .tls, .incomplete, .cancelled: false
        }
    }

    /// How long the server wants to be left alone.
    var delay: Duration { if case .limited(let delay) = reason { delay } else { .zero } }
}
