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
        let server = try run.found(name).1
        if server.flavour == .dendrite, run.session == nil {
            return try failing(&run, try onDendrite(&run, try futureUser(run, server), tools))
        }
        let (homeserver, session) = try run.account(name)
        guard let credential = run.credentialForAdministration, server.flavour != .dendrite else {
            let lines =
                server.flavour == .dendrite
                ? try onDendrite(&run, session.user, tools) : try unprivileged(&run, session.user, server, tools)
            return try failing(&run, lines)
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

    /// Where lifting them is all that was asked for, advice is what is in the way.
    private func failing(_ run: inout SetupRun, _ lines: [String]) throws(StepFailure) -> [String] {
        guard isRequired, run.rateLimit != .lifted, let advice = run.advice.popLast() else { return lines }
        throw StepFailure(name, "\(lines.joined(separator: "; ")): \(advice.text)", cure: advice.cure)
    }

    /// An account that may not be there yet.
    private func futureUser(_ run: SetupRun, _ server: ServerFacts) throws(StepFailure) -> UserID {
        let localpart = run.wishes.localpart ?? CheckNames.standardLocalpart
        guard let name = server.serverName, let user = try? UserID(parsing: "@\(localpart):\(name)") else {
            throw StepFailure(
                self.name,
                "the name of the bot's account is not known",
                cure: "give its server's name with --homeserver, and --localpart",
                kind: .usage
            )
        }
        return user
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
                    isDelegated: server.isDelegated,
                    by: run.serviceCommands
                )
            )
        case .conduit, .dendrite: run.advise(name, "whether the server limits the bot's rate could not be told")
        }
        return ["nothing is given to switch the rate limits off with"]
    }
}
