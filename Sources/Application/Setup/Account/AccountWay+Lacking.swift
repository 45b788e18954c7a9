/// What is said where no way leads to an account.
extension AccountWay {
    static func delegated(
        _ means: AccountMeans,
        _ server: ServerFacts,
        _ localpart: String,
        _ wantsAdmin: Bool,
        _ consequence: String
    ) -> StepFailure {
        StepFailure(
            "account",
            "the homeserver leaves accounts to the Matrix Authentication Service"
                + (server.issuer.map { " at \($0)" } ?? "") + ": \(consequence)",
            cure: (means.findsServiceCommand
                ? ["mas-cli is installed here: give --mas-cli mas-cli, and setup runs it to make account and token"]
                : []) + [
                    "give --oauth, to approve the bot in a browser; or --mas-client-id and --mas-client-secret-file, or --mas-cli, to"
                        + " have account and token made; or run where that service runs:"
                ]
                + ServiceCommands.standard.accountLines(localpart: localpart, asAdmin: wantsAdmin)
                + ["then write the token that it prints (mct_…) into a file and give it with --access-token-file"]
        )
    }

    static func nothingGiven(
        _ means: AccountMeans,
        _ server: ServerFacts,
        _ localpart: String,
        _ wantsAdmin: Bool
    ) -> StepFailure {
        var ways: [String] = []
        switch server.flavour {
        case .synapse, .dendrite:
            ways.append("--homeserver-config or --registration-shared-secret-file, to make the account")
        case .conduit, .other: break
        }
        if server.flavour == .synapse {
            ways.append("--admin-access-token-file, to make it with a server admin's token")
        }
        ways.append("--registration-token-file, where the server registers by token")
        let existing = "--password-file or --access-token-file, where the account exists"
        ways.insert(existing, at: means.hasBegun ? 0 : ways.count)
        return StepFailure(
            "flags",
            means.hasAdminToken
                ? "\(server.flavour.rawValue) makes no accounts with an admin's token, and nothing else is given"
                : "nothing is given to get the bot's account with",
            cure: ["give one of:"] + ways.map { "  \($0)" }
                + (server.flavour == .dendrite
                    ? DendriteCommands(baseURL: server.baseURL).accountLines(localpart, asAdmin: wantsAdmin) : []),
            kind: .usage
        )
    }
}
