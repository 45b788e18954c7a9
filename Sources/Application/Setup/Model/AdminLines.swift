package import MatrixCore

/// What a server admin types for the bot, where the bot may not.
package enum AdminLines {
    private static let token = "-H \"Authorization: Bearer $ADMIN_TOKEN\""

    /// One request of an admin; the URL is of our own making.
    static func curl(_ method: String, _ body: String?, _ url: String) -> String {
        "    curl -X \(method) \(token)" + (body.map { " -d '\($0)'" } ?? "") + " '\(url)'"
    }

    /// The lines with whoever may type them, and where their `$ADMIN_TOKEN` is from.
    ///
    /// Under an authentication service being an admin is not enough: rights come with a token's scope, for any account.
    static func forAdmin(
        _ lines: [String],
        isDelegated: Bool,
        by commands: ServiceCommands = .standard
    ) -> [String] {
        guard isDelegated else { return ["have a server admin run:"] + lines }
        return [
            "have a token with admin rights issued where the authentication service runs (no password login gives one):"
        ]
            + commands.tokenLines(localpart: "ADMIN_LOCALPART", asAdmin: true)
            + ["then, with that token (mct_…) in ADMIN_TOKEN:"] + lines
    }

    package static func grant(_ user: UserID, at baseURL: String) -> String {
        "    curl -X PUT \(token) -d '{\"admin\": true}' '\(baseURL)/_synapse/admin/v1/users/\(percentEncoded(user.rawValue))/admin'"
    }

    package static func revoke(_ user: UserID, at baseURL: String) -> String {
        "    curl -X PUT \(token) -d '{\"admin\": false}' '\(baseURL)/_synapse/admin/v1/users/\(percentEncoded(user.rawValue))/admin'"
    }

    package static func liftRateLimit(_ user: UserID, at baseURL: String) -> String {
        "    curl -X POST \(token) -d '{\"messages_per_second\": 0, \"burst_count\": 0}' "
            + "'\(baseURL)/_synapse/admin/v1/users/\(percentEncoded(user.rawValue))/override_ratelimit'"
    }

    package static func enable(feature: String, for user: UserID, at baseURL: String) -> String {
        "    curl -X PUT \(token) -d '{\"features\": {\"\(feature)\": true}}' "
            + "'\(baseURL)/_synapse/admin/v1/experimental_features/\(percentEncoded(user.rawValue))'"
    }

    /// For `dendrite.yaml`.
    package static func dendriteExemption(_ user: UserID) -> [String] {
        [
            "    client_api:",
            "      rate_limiting:",
            "        exempt_user_ids:",
            "          - \"\(user)\"",
        ]
    }

    /// Why an admin call failed, with what is special to such calls.
    static func ending(
        _ failure: ServerFailure,
        _ step: String,
        _ server: ServerFacts,
        _ doing: String,
        by commands: ServiceCommands = .standard
    ) -> StepFailure {
        if failure.isForbidden {
            return StepFailure(
                step,
                "\(doing): the token of --admin-access-token-file has no admin rights",
                cure: server.isDelegated
                    ? [
                        "a password login never gives a token with such rights there, not even to an admin; have one issued where the"
                            + " authentication service runs, and give that:"
                    ] + commands.tokenLines(localpart: "ADMIN_LOCALPART", asAdmin: true)
                    : ["give a server admin's token"]
            )
        }
        if failure.isTokenRejected {
            return StepFailure(
                step,
                "\(doing): the homeserver does not know the admin's token",
                cure: "give a server admin's token that works"
            )
        }
        if failure.isUnrecognized || failure.status == 404 {
            return StepFailure(
                step,
                "\(doing): the admin API is not to be had at this address (\(failure.cause))",
                cure: [
                    "Synapse leaves this call out under an authentication service, and a proxy may hide /_synapse/admin: give the"
                        + " homeserver's own address with --homeserver, such as http://localhost:8008"
                ]
            )
        }
        return failure.ending(step, at: server.baseURL, doing)
    }
}
