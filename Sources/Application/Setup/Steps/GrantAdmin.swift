import MatrixCore

/// Makes the bot a server admin where that is wanted, and finds out in any case whether it is one.
package struct GrantAdmin: SetupStep {
    package let name = "admin"

    package enum Purpose: Sendable {
        /// Of setup, whose flags say what is wanted.
        case asWished
        case grant, look
    }

    private let purpose: Purpose

    package init(_ purpose: Purpose = .asWished) { self.purpose = purpose }

    package func plan(_ run: SetupRun) -> [String] {
        wants(run) ? ["make the bot a server admin"] : []
    }

    package func perform(_ run: inout SetupRun, _ tools: SetupTools) async throws(StepFailure) -> [String] {
        let (homeserver, session) = try run.account(name)
        let server = try run.found(name).1
        run.isServerAdmin = try await probe(homeserver, session, server)
        if run.wishes.keepsAdminToken, let token = run.adminToken {
            try run.saveSecret(token, to: run.folder.adminAccessToken, tools)
        }
        if run.isServerAdmin == true {
            if !wants(run), purpose == .asWished {
                run.advise(
                    name,
                    "the bot's account is a server admin, which was not asked for",
                    cure: [
                        "if nothing needs it, take the rights away (PUT /_synapse/admin/v1/users/\(session.user)/admin)"
                    ]
                )
            }
            return ["\(session.user) is a server admin"]
        }
        guard wants(run) else { return ["\(session.user) is no server admin, and need not be"] }
        if server.isDelegated {
            throw StepFailure(
                name,
                "under an authentication service admin rights come with the token, and this token has none",
                cure: ["run where that service runs:"]
                    + AuthenticationService.tokenLines(localpart: String(session.user.localpart), asAdmin: true)
                    + ["then give the new token with --access-token-file"]
            )
        }
        guard let admin = run.adminToken else {
            throw StepFailure(
                name,
                "\(session.user) is no server admin, and nothing is given to make it one",
                cure: ["give --admin-access-token-file, or have an admin run:"]
                    + [AdminLines.grant(session.user, at: server.baseURL)]
            )
        }
        do throws(ServerFailure) { try await homeserver.makeAdmin(session.user, admin) } catch {
            throw AdminLines.ending(error, name, server, "making \(session.user) a server admin")
        }
        var isAdmin = run.wishes.isDryRun
        if !isAdmin { isAdmin = try await probe(homeserver, session, server) }
        guard isAdmin else {
            throw StepFailure(
                name,
                "\(session.user) was made a server admin, but admin calls are still refused",
                cure: "see whether a proxy hides /_synapse/admin from the bot"
            )
        }
        run.isServerAdmin = true
        return ["made \(session.user) a server admin"]
    }

    private func wants(_ run: SetupRun) -> Bool { purpose == .grant || run.wishes.wantsServerAdmin }

    private func probe(
        _ homeserver: any SetupHomeserver,
        _ session: AccountSession,
        _ server: ServerFacts
    ) async throws(StepFailure) -> Bool {
        do throws(ServerFailure) { return try await homeserver.canAdminister(session.token) } catch {
            if error.isUnrecognized || error.status == 404 { return false }
            throw error.ending(name, at: server.baseURL, "asking whether the bot has admin rights")
        }
    }
}
