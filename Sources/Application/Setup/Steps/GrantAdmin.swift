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
        if purpose == .look, run.session == nil { return [] }
        let (homeserver, session) = try run.account(name)
        let server = try run.found(name).1
        run.isServerAdmin = try await probe(homeserver, session, server)
        if run.wishes.keepsAdminToken, let token = run.adminToken {
            try run.saveSecret(token, to: run.folder.adminAccessToken, tools)
        }
        if run.isServerAdmin == true {
            if wants(run) { run.progress.isAdminWanted = true }
            if !run.progress.isAdminWanted, purpose == .asWished {
                run.advise(
                    name,
                    "the bot's account is a server admin, which was not asked for",
                    cure: Self.lessRights(session.user, server)
                )
            }
            return ["\(session.user) is a server admin"]
        }
        guard wants(run) else {
            guard run.progress.isAdminWanted else { return ["\(session.user) is not a server admin, and need not be"] }
            run.advise(
                name,
                "\(session.user) has had admin rights, and this token has none",
                cure: [
                    "if it need not be one any more, take “server_admin” out of \(run.folder.progress); else run setup again with"
                        + " --server-admin, and for that"
                ] + Self.sameRights(session.user, server, run)
            )
            return ["\(session.user) is not a server admin any more"]
        }
        if server.isDelegated {
            if let lines = try await reissue(&run, server, tools) { return lines }
            throw StepFailure(
                name,
                "under an authentication service admin rights come with the token alone, and this token has none; making the"
                    + " account an admin would not change it",
                cure: Self.sameRights(session.user, server, run)
            )
        }
        guard server.flavour != .dendrite else {
            throw StepFailure(
                name,
                "\(session.user) is not a server admin, and Dendrite makes admins only where it makes accounts, or in its database",
                cure: [
                    "choose another --localpart, to be made with these rights, or run in Dendrite's database:",
                    DendriteCommands.makeAdmin(String(session.user.localpart)),
                ]
            )
        }
        guard let admin = run.adminToken else {
            throw StepFailure(
                name,
                "\(session.user) is not a server admin, and nothing is given to make it one",
                cure: ["give --admin-access-token-file, or have an admin run:"]
                    + [AdminLines.grant(session.user, at: server.baseURL)]
            )
        }
        do throws(ServerFailure) { try await homeserver.makeAdmin(session.user, admin) } catch {
            throw AdminLines.ending(
                error,
                name,
                server,
                "making \(session.user) a server admin",
                by: run.serviceCommands
            )
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
        (run.isServerAdmin, run.progress.isAdminWanted) = (true, true)
        return ["made \(session.user) a server admin"]
    }

    /// A new token with admin rights, where there is something to have it issued with; nil where there is not.
    private func reissue(
        _ run: inout SetupRun,
        _ server: ServerFacts,
        _ tools: SetupTools
    ) async throws(StepFailure) -> [String]? {
        let (homeserver, before) = try run.account(name)
        let secrets = try AccountSecrets(run, tools)
        let means = secrets.means
        guard means.hasServiceAdmin || means.hasServiceCommand else { return nil }
        guard !run.wishes.isDryRun else {
            return ["would have a new token issued, with admin rights for \(before.user)"]
        }
        run.wishes.wantsServerAdmin = true
        let maker = AccountMaker(step: name, localpart: String(before.user.localpart), secrets: secrets)
        let way: AccountWay = means.hasServiceAdmin ? .serviceAdmin : .serviceCommand
        let session = try await maker.session(by: way, &run, tools).0
        do throws(StepFailure) {
            guard session.user == before.user, try await probe(homeserver, session, server) else {
                throw StepFailure(
                    name,
                    "a new token of \(session.user) was issued with admin rights, but admin calls are refused",
                    cure: "see whether a proxy hides /_synapse/admin from the bot, and what the service's policy allows"
                )
            }
            try ObtainAccount().take(session, maker, &run, tools)
        } catch {
            guard let issued = IssuedToken(session, by: way) else { throw error }
            throw await maker.discarding(issued, for: error, run, tools)
        }
        (run.isServerAdmin, run.progress.isAdminWanted) = (true, true)
        return [
            "a new token makes \(session.user) a server admin; the old one still works, until it is ended in its sessions"
        ]
    }

    private func wants(_ run: SetupRun) -> Bool { purpose == .grant || run.wishes.wantsServerAdmin }

    private func probe(
        _ homeserver: any SetupHomeserver,
        _ session: AccountSession,
        _ server: ServerFacts
    ) async throws(StepFailure) -> Bool {
        do throws(ServerFailure) {
            return try await homeserver.hasAdminRights(session.user, on: server.flavour, session.token)
        } catch {
            if error.isUnrecognized || error.status == 404 { return false }
            throw error.ending(name, at: server.baseURL, "asking whether the bot has admin rights")
        }
    }
}
