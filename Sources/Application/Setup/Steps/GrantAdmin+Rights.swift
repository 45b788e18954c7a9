import MatrixCore

/// What is typed for more rights, or for less.
extension GrantAdmin {
    static func lessRights(_ user: UserID, _ server: ServerFacts) -> [String] {
        if server.isDelegated {
            return [
                "if nothing needs it, give the bot a token without that scope (--access-token-file), and end this one"
            ]
        }
        guard server.flavour == .dendrite else {
            return [
                "if nothing needs it, take the rights away, with an admin's token:",
                AdminLines.revoke(user, at: server.baseURL),
            ]
        }
        return [
            "it spares the bot the rate limits; else take the rights away in Dendrite's database:",
            DendriteCommands.takeAdminRights(String(user.localpart)),
        ]
    }

    /// For whom a token has lost them, or never had them.
    static func sameRights(_ user: UserID, _ server: ServerFacts, _ run: SetupRun) -> [String] {
        let localpart = String(user.localpart)
        if server.isDelegated {
            // A login asks again for what was had before, and for no more.
            let hasGrant = run.progress.isAdminWanted && server.authentication?.deviceEndpoint != nil
            let oauth = hasGrant ? ", or log in anew with --oauth as a user whom the service lists as admin" : ""
            return [
                "give --mas-cli, or --mas-client-id and --mas-client-secret-file\(oauth); or run where the authentication service"
                    + " runs:"
            ]
                + run.serviceCommands.tokenLines(localpart: localpart, asAdmin: true)
                + ["then give the new token with --access-token-file"]
        }
        guard server.flavour == .dendrite else {
            return [
                "give --admin-access-token-file, or have an admin run:", AdminLines.grant(user, at: server.baseURL),
            ]
        }
        return ["run in Dendrite's database:", DendriteCommands.makeAdmin(localpart)]
    }
}
