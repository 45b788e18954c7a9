import MatrixCore
import Moderation

extension DoctorFacts {
    /// ADM: rights on the homeserver.
    var adminChecks: [CheckResult] {
        guard let user, let server else { return [] }
        return [
            rights(user, server), promotion(user, server), appservice(user, server), features(user, server),
            excess(user),
        ]
    }

    /// What is configured and needs the rights.
    private var needs: [String] {
        var needs: [String] = []
        if settings.enablesMakeRoomAdminCommand { needs.append("taking over rooms (admin.enableMakeRoomAdminCommand)") }
        if settings.reports.polls { needs.append("fetching reports (pollReports)") }
        return needs
    }

    private func rights(_ user: UserID, _ server: ServerFacts) -> CheckResult {
        if isAdmin == true { return .ok("ADM-1", user.rawValue, "is a server admin") }
        if doesAdminTokenWork == true {
            return .ok("ADM-1", user.rawValue, "is not a server admin; a separate credential is")
        }
        if server.flavour == .dendrite {
            guard settings.reports.polls else {
                return .ok(
                    "ADM-1",
                    user.rawValue,
                    "is not a server admin, which Dendrite asks of nothing that the bot does"
                )
            }
            return .warn("ADM-1", user.rawValue, "is not a server admin", cure: cureForRights(user, server))
        }
        guard server.flavour == .synapse else {
            return .ok("ADM-1", user.rawValue, "admin rights do nothing for the bot here")
        }
        if needs.isEmpty {
            return .ok(
                "ADM-1",
                user.rawValue,
                "is not a server admin: it cannot deactivate users, move aliases or shut rooms down"
            )
        }
        return .warn("ADM-1", user.rawValue, "is not a server admin", cure: cureForRights(user, server))
    }

    private func cureForRights(_ user: UserID, _ server: ServerFacts) -> [String] {
        if server.flavour == .dendrite {
            return ["run in Dendrite's database:", DendriteCommands.makeAdmin(String(user.localpart))]
        }
        return server.isDelegated
            ? ServiceCommands.standard.tokenLines(localpart: String(user.localpart), asAdmin: true)
            : ["have a server admin run:", AdminLines.grant(user, at: adminURL)]
    }

    private func promotion(_ user: UserID, _ server: ServerFacts) -> CheckResult {
        guard record?.isAdmin == true, isAdmin == false else {
            return .ok("ADM-2", user.rawValue, "the token has the rights that the account has")
        }
        return .warn(
            "ADM-2",
            user.rawValue,
            server.isDelegated
                ? "Synapse has the account as an admin, which changes nothing under an authentication service: rights come with"
                    + " the token's scope alone"
                : "the account is an admin, but the token was issued before or without that",
            cure: server.isDelegated
                ? ServiceCommands.standard.tokenLines(localpart: String(user.localpart), asAdmin: true)
                : ["log in anew:"] + logInLines
        )
    }

    private func appservice(_ user: UserID, _ server: ServerFacts) -> CheckResult {
        guard let appservice = record?.appservice, server.isDelegated, doesAdminTokenWork != true else {
            return .ok(
                "ADM-3",
                user.rawValue,
                "is not an application service's account under an authentication service"
            )
        }
        return .warn(
            "ADM-3",
            appservice,
            "an application service's account never has admin rights under an authentication service",
            cure: ["keep a separate admin's token in secrets/admin-access-token (draupnir setup --keep-admin-token)"]
        )
    }

    private func features(_ user: UserID, _ server: ServerFacts) -> CheckResult {
        if server.flavour == .dendrite, settings.enablesMakeRoomAdminCommand {
            return .fail(
                "ADM-4",
                "admin.enableMakeRoomAdminCommand",
                "Dendrite lets nobody take a room over, its admins neither",
                cure: ["set it to false"]
            )
        }
        guard !needs.isEmpty, !canAdminister else {
            return .ok("ADM-4", user.rawValue, "nothing is switched on that it has no rights for")
        }
        return .fail(
            "ADM-4",
            user.rawValue,
            "without admin rights this does not work: \(needs.joined(separator: ", "))",
            cure: ["switch it off, or make the bot a server admin:"] + cureForRights(user, server)
        )
    }

    private func excess(_ user: UserID) -> CheckResult {
        guard isAdmin == true, needs.isEmpty else {
            return .ok("ADM-5", user.rawValue, "has no more rights than it needs")
        }
        return .warn(
            "ADM-5",
            user.rawValue,
            "is a server admin, and nothing that is switched on needs it; whoever has its token rules the server",
            cure: ["if deactivating users and shutting rooms down is not wanted, take the rights away"]
        )
    }
}
