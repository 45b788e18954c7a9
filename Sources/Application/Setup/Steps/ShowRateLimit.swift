import MatrixCore

/// Tells how the server limits the bot's rate.
package struct ShowRateLimit: SetupStep {
    package let name = "ratelimit"

    package init() {}

    package func plan(_ run: SetupRun) -> [String] { [] }

    package func perform(_ run: inout SetupRun, _ tools: SetupTools) async throws(StepFailure) -> [String] {
        if run.session == nil { return [LiftRateLimits.dendriteLimits] }
        let (homeserver, session) = try run.account(name)
        let server = try run.found(name).1
        guard server.flavour != .dendrite else {
            guard run.isServerAdmin == true else {
                throw StepFailure(
                    name,
                    "Dendrite tells nobody whether it limits \(session.user)",
                    cure: [
                        "see what its configuration says:",
                        "    draupnir ratelimit disable --homeserver-config dendrite.yaml",
                    ]
                )
            }
            run.rateLimit = .lifted
            return ["\(session.user): no limit applies to server admins"]
        }
        guard let credential = run.credentialForAdministration else {
            throw StepFailure(
                name,
                "only a server admin may read the limits of \(session.user)",
                cure: ["give --admin-access-token-file, or see what “draupnir doctor” measures"]
            )
        }
        let limit: RateLimit
        do throws(ServerFailure) { limit = try await homeserver.rateLimit(of: session.user, credential) } catch {
            throw AdminLines.ending(error, name, server, "reading the rate limit of \(session.user)")
        }
        run.rateLimit = limit
        return ["\(session.user): \(limit.text)"]
    }
}

extension RateLimit {
    package var text: String {
        switch self {
        case .usual: "the server's usual limits apply"
        case .lifted: "no limit applies"
        case .changed(let perSecond, let burst):
            "\(perSecond) events a second, \(burst) at once, and the usual limits for all else"
        }
    }
}
