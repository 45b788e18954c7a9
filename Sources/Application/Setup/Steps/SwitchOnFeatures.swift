/// Switches on for the bot's account what makes the server's answers better.
package struct SwitchOnFeatures: SetupStep {
    package let name = "features"
    /// Sync with the state after the timeline (MSC4222).
    package static let stateAfter = "msc4222"

    package init() {}

    package func plan(_ run: SetupRun) -> [String] {
        run.server?.flavour == .synapse ? ["switch on MSC4222 for the bot, where a credential allows"] : []
    }

    package func perform(_ run: inout SetupRun, _ tools: SetupTools) async throws(StepFailure) -> [String] {
        let (homeserver, session) = try run.account(name)
        let server = try run.found(name).1
        guard server.flavour == .synapse else { return ["nothing to switch on"] }
        guard let credential = run.credentialForAdministration else {
            run.advise(
                name,
                "MSC4222 may be off for the bot: after a gap in sync it reads rooms anew",
                cure: [
                    "have a server admin run:",
                    AdminLines.enable(feature: Self.stateAfter, for: session.user, at: server.baseURL),
                ]
            )
            return ["nothing is given to switch MSC4222 on with"]
        }
        do throws(ServerFailure) {
            let features = try await homeserver.experimentalFeatures(of: session.user, credential)
            if features[Self.stateAfter] == true { return ["MSC4222 is on"] }
            try await homeserver.enableFeature(Self.stateAfter, for: session.user, credential)
            return ["switched MSC4222 on for \(session.user)"]
        } catch {
            // The bot does without.
            run.advise(name, "MSC4222 could not be switched on: \(error.cause)")
            return ["MSC4222 stays off"]
        }
    }
}
