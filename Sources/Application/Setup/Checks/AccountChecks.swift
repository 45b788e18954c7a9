import Commands
import Moderation
import MatrixCore

extension DoctorFacts {
    /// ACC: the bot's account.
    var accountChecks: [CheckResult] {
        guard let identity else { return [] }
        let name = identity.user.rawValue
        return [
            .ok("ACC-1", name, "exists"), authentication(name), foreignKeys(name), otherUse(name), standing(identity),
        ]
    }

    private func authentication(_ name: String) -> CheckResult {
        if let trouble = server?.authenticationTrouble {
            return .warn(
                "ACC-2",
                baseURL,
                "whether accounts are with an authentication service could not be told: \(trouble.cause)",
                cure: [
                    "see what the homeserver answers, and mend that:",
                    probeLine("\(baseURL)/_matrix/client/v1/auth_metadata"),
                ]
            )
        }
        guard let server, server.isDelegated else {
            return .ok("ACC-2", name, "accounts are the homeserver's own business")
        }
        let service = server.issuer ?? "an authentication service"
        if server.isLoginUnrouted {
            return .warn(
                "ACC-2",
                service,
                "accounts are with that service, and the proxy does not pass /login on to it: passwords cannot be used",
                cure: [ServiceCommands.routeCure]
            )
        }
        let grant = server.authentication?.deviceEndpoint == nil ? "without" : "with"
        return .ok(
            "ACC-2",
            service,
            "accounts are with that service, \(grant) device authorization grant; Synapse's own ways to make them are gone there"
        )
    }

    private func foreignKeys(_ name: String) -> CheckResult {
        guard let device = identity?.device, let devicesWithKeys, devicesWithKeys.contains(device) else {
            return .ok("ACC-3", name, "no client's encryption keys are on the bot's device")
        }
        return .warn(
            "ACC-3",
            device,
            "the token was copied from a client, whose encryption keys the bot does not have: it cannot take part in encrypted rooms",
            cure: [
                "log in for the bot alone, and log the other device out:"
            ] + logInLines
        )
    }

    private func otherUse(_ name: String) -> CheckResult {
        if let accountDataFailure {
            return .fail(
                "ACC-4",
                name,
                "its account data could not be read, so nothing is told of protected rooms and lists: \(accountDataFailure.cause)",
                cure: accountDataFailure.cure(at: baseURL)
            )
        }
        guard unreadableData.isEmpty else {
            return .fail(
                "ACC-4",
                unreadableData.joined(separator: ", "),
                "account data of the bot cannot be read, so it would protect less than it should",
                cure: ["have what is there looked at before the bot runs; it is never overwritten unread"]
            )
        }
        return .ok(
            "ACC-4",
            name,
            "protects \(counted(protected.count, "room")) and watches \(counted(watched.count, "list")) by its account data"
        )
    }

    private func standing(_ identity: Identity) -> CheckResult {
        let name = identity.user.rawValue
        if identity.isGuest {
            return .fail("ACC-5", name, "is a guest, who may do nothing", cure: ["use a full account"])
        }
        guard let record else { return .ok("ACC-5", name, "is a full account") }
        let isDelegated = server?.isDelegated ?? false
        guard let trouble = Self.trouble(record, isDelegated: isDelegated) else {
            guard record.isDeactivated else { return .ok("ACC-5", name, "is in good standing") }
            return .warn(
                "ACC-5",
                name,
                "Synapse has it as deactivated, which ended its tokens of that time; this one came later, and works",
                cure: ["nothing, as long as it works; to be rid of the mark, let the bot have another account"]
            )
        }
        return .fail(
            "ACC-5",
            name,
            "is \(trouble.what): what it does has no effect",
            cure: AdminLines.forAdmin(
                [
                    AdminLines.curl(
                        trouble.change.method,
                        trouble.change.body,
                        adminURL + trouble.change.path + percentEncoded(name) + trouble.change.rest
                    )
                ],
                isDelegated: isDelegated
            )
        )
    }

    private typealias Change = (method: String, path: String, rest: String, body: String?)

    /// What stands in the way, and what lifts it.
    ///
    /// Nil of what an authentication service alone decides: there a lock of Synapse's does nothing, and a deactivation ends
    /// the tokens of that time and no later one.
    private static func trouble(_ record: AccountRecord, isDelegated: Bool) -> (what: String, change: Change)? {
        let user = "/_synapse/admin/v2/users/"
        if record.isDeactivated, !isDelegated {
            return ("deactivated", ("PUT", user, "", "{\"deactivated\": false}"))
        }
        if record.isLocked, !isDelegated { return ("locked", ("PUT", user, "", "{\"locked\": false}")) }
        if record.isSuspended {
            return ("suspended", ("PUT", "/_synapse/admin/v1/suspend/", "", "{\"suspend\": false}"))
        }
        guard record.isShadowBanned else { return nil }
        return ("shadow-banned", ("DELETE", "/_synapse/admin/v1/users/", "/shadow_ban", nil))
    }
}
