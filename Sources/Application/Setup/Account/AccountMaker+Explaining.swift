/// Why no account was made, by what the server answered.
extension AccountMaker {
    func explained(
        _ failure: ServerFailure,
        _ way: AccountWay,
        _ server: ServerFacts,
        _ run: SetupRun
    ) -> StepFailure {
        let doing = "making the account \(localpart)"
        switch (way, failure.reason) {
        case (.sharedSecret, .refused(403, _, _)):
            return StepFailure(
                step,
                "the homeserver refuses the registration secret: it is not the one in its configuration",
                cure:
                    "give homeserver.yaml itself with --homeserver-config, or the secret as it stands there; restart the"
                    + " homeserver where it was changed"
            )
        case (.sharedSecret, .refused(400, _, let message))
        where message.contains("Shared secret registration is not enabled"):
            return StepFailure(
                step,
                "the homeserver has no registration_shared_secret in its configuration",
                cure: "set registration_shared_secret there and restart it, or give --admin-access-token-file"
            )
        // Dendrite has the path only where it has a secret.
        case (.sharedSecret, _) where server.flavour == .dendrite && failure.status == 404:
            let commands = DendriteCommands(configuration: run.wishes.homeserverConfig, baseURL: nil)
            return StepFailure(
                step,
                "Dendrite does not know registration by a shared secret at this address (\(failure.cause)): its configuration has"
                    + " no client_api.registration_shared_secret, it was not restarted since, or a proxy hides /_synapse/admin",
                cure: [
                    "set the secret there, restart Dendrite, and run the same again; behind a proxy give Dendrite's own address"
                        + " with --homeserver, such as http://localhost:8008"
                ] + commands.accountLines(localpart, asAdmin: run.wantsAdmin)
            )
        case (.sharedSecret, _) where failure.isUnrecognized || failure.status == 404:
            return StepFailure(
                step,
                "the homeserver does not know registration by a shared secret at this address (\(failure.cause)): it leaves"
                    + " accounts to an authentication service, is no Synapse or Dendrite, or a proxy hides /_synapse/admin",
                cure: [
                    "give the homeserver's own address with --homeserver, such as http://localhost:8008; under an"
                        + " authentication service run:"
                ]
                    + self.commands.accountLines(localpart: localpart, asAdmin: run.wantsAdmin)
            )
        case (.adminToken, .refused(403, _, _)):
            return StepFailure(
                step,
                "the token of --admin-access-token-file has no admin rights",
                cure: "give a server admin's token"
            )
        case (.adminToken, _) where failure.isTokenRejected:
            return StepFailure(
                step,
                "the homeserver does not know the token of --admin-access-token-file",
                cure: "give a server admin's token that works"
            )
        case (.registrationToken, .refused(403, _, _)), (.openRegistration, .refused(403, _, _)):
            return StepFailure(
                step,
                "the homeserver lets nobody register this way (\(failure.cause))",
                cure: "give \(server.flagsThatMakeAccounts), or the password of an account that exists"
            )
        case (.registrationToken, .refused(401, _, _)):
            return StepFailure(
                step,
                "the homeserver refuses the registration token (\(failure.cause))",
                cure: "have its admin issue a new one"
            )
        default: return failure.ending(step, at: server.baseURL, doing)
        }
    }
}
