import MatrixCore

/// Frees the bot from the server's rate limits where a credential allows, and else tells who can.
package struct LiftRateLimits: SetupStep {
    package let name = "ratelimit"

    /// Whether it is a failure that nothing is there to lift them with.
    private let isRequired: Bool

    package init(isRequired: Bool = false) { self.isRequired = isRequired }

    package func plan(_ run: SetupRun) -> [String] {
        run.wishes.keepsRateLimits ? [] : ["switch the server's rate limits off for the bot, where a credential allows"]
    }

    package func perform(_ run: inout SetupRun, _ tools: SetupTools) async throws(StepFailure) -> [String] {
        let (homeserver, session) = try run.account(name)
        let server = try run.found(name).1
        guard let credential = run.credentialForAdministration, server.flavour != .dendrite else {
            let lines =
                server.flavour == .dendrite
                ? try onDendrite(&run, session.user, tools) : try unprivileged(&run, session.user, server, tools)
            guard isRequired, run.rateLimit != .lifted, let advice = run.advice.last else { return lines }
            // Told once, as what is in the way.
            run.advice.removeLast()
            throw StepFailure(name, "\(lines.joined(separator: "; ")): \(advice.text)", cure: advice.cure)
        }
        let limit: RateLimit
        do throws(ServerFailure) { limit = try await homeserver.rateLimit(of: session.user, credential) } catch {
            throw AdminLines.ending(error, name, server, "reading the rate limit of \(session.user)")
        }
        run.rateLimit = limit
        switch limit {
        case .lifted: return ["no rate limit applies to \(session.user)"]
        case .usual, .changed:
            guard !run.wishes.keepsRateLimits else { return ["left the rate limits as they are"] }
        }
        do throws(ServerFailure) { try await homeserver.liftRateLimit(of: session.user, credential) } catch {
            throw AdminLines.ending(error, name, server, "switching the rate limit of \(session.user) off")
        }
        run.rateLimit = .lifted
        return ["switched the rate limits off for \(session.user)"]
    }

    private func unprivileged(
        _ run: inout SetupRun,
        _ user: UserID,
        _ server: ServerFacts,
        _ tools: SetupTools
    ) throws(StepFailure) -> [String] {
        if try AccountSecrets(run, tools).appservice?.isRateLimited == false {
            run.rateLimit = .lifted
            return ["the application service is not limited (rate_limited: false)"]
        }
        guard !run.wishes.keepsRateLimits else { return ["left the rate limits as they are"] }
        switch server.flavour {
        case .synapse, .other:
            run.advise(
                name,
                "the server's rate limits apply to the bot: a wave of bans goes at the server's pace",
                cure: AdminLines.forAdmin(
                    [AdminLines.liftRateLimit(user, at: server.baseURL)],
                    isDelegated: server.isDelegated
                )
            )
        case .conduit, .dendrite: run.advise(name, "whether the server limits the bot's rate could not be told")
        }
        return ["nothing is given to switch the rate limits off with"]
    }
}
