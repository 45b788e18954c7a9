import MatrixCore
import Observability

/// Carries one way to an account out.
struct AccountMaker {
    let step: String
    let localpart: String
    let secrets: AccountSecrets

    /// The session, and what was done for it.
    func session(
        by way: AccountWay,
        _ run: inout SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> (AccountSession, String) {
        let (homeserver, server) = try run.found(step)
        switch way {
        case .saved: throw StepFailure(step, "the saved token does not work", cure: "remove \(run.folder.accessToken)")
        case .token: return (try await ofToken(secrets.token, homeserver, server), "the given token works")
        case .appservice: return try await ofAppservice(homeserver, server)
        case .password: return try await logIn(secrets.password, homeserver, server, made: false)
        case .sharedSecret, .adminToken, .registrationToken, .openRegistration:
            return try await make(by: way, homeserver, server, &run, tools)
        }
    }

    private func ofToken(
        _ token: Secret?,
        _ homeserver: any SetupHomeserver,
        _ server: ServerFacts
    ) async throws(StepFailure) -> AccountSession {
        guard let token else { throw .missing("access-token-file", "the account's access token") }
        do throws(ServerFailure) {
            let identity = try await homeserver.identity(token)
            return AccountSession(user: identity.user, token: token, device: identity.device)
        } catch {
            guard error.isTokenRejected else {
                throw error.ending(step, at: server.baseURL, "the token could not be tried")
            }
            let hint =
                server.isDelegated
                ? [
                    "after mas-cli has issued one, Synapse learns of its device by:",
                    "    mas-cli manage provision-all-users",
                ] : []
            throw StepFailure(
                step,
                "the homeserver does not know the access token: it is mistyped, revoked, or of another server",
                cure: [
                    "log in anew and give the new token; a logout in a client kills the token that was copied from it"
                ] + hint
            )
        }
    }

    private func ofAppservice(
        _ homeserver: any SetupHomeserver,
        _ server: ServerFacts
    ) async throws(StepFailure) -> (AccountSession, String) {
        guard let registration = secrets.appservice else { throw .missing("appservice-registration", "the file") }
        do throws(ServerFailure) {
            let identity = try await homeserver.identity(registration.token)
            return (
                AccountSession(user: identity.user, token: registration.token, device: identity.device),
                "the application service acts as \(identity.user)"
            )
        } catch {
            guard error.isTokenRejected else {
                throw error.ending(step, at: server.baseURL, "the registration could not be tried")
            }
            throw StepFailure(
                step,
                "the homeserver does not know the registration's as_token",
                cure: "name the file in the homeserver's app_service_config_files, and restart the homeserver"
            )
        }
    }

    private func logIn(
        _ password: Secret?,
        _ homeserver: any SetupHomeserver,
        _ server: ServerFacts,
        made: Bool
    ) async throws(StepFailure) -> (AccountSession, String) {
        guard let password else { throw .missing("password-file", "the account's password") }
        // Some servers take the whole ID only, some the name only.
        let names = [localpart] + (server.serverName.map { ["@\(localpart):\($0)"] } ?? [])
        var last: ServerFailure?
        for name in names {
            do throws(ServerFailure) {
                let session = try await homeserver.logIn(name, password: password, deviceName: ObtainAccount.deviceName)
                return (session, made ? "made \(session.user) and logged in" : "logged in as \(session.user)")
            } catch {
                last = error
                guard case .refused(400, _, _) = error.reason else { break }
            }
        }
        let failure = last ?? ServerFailure("POST /login", .cancelled)
        switch failure.reason {
        case .refused(403, "M_FORBIDDEN", _):
            throw StepFailure(
                step,
                "the homeserver refuses the password of \(localpart): it is wrong, or there is no such account",
                cure:
                    "correct --password-file or --localpart; to make the account, give --homeserver-config or --admin-access-token-file"
            )
        case .refused(_, "M_USER_DEACTIVATED", _):
            throw StepFailure(
                step,
                "the account \(localpart) is deactivated",
                cure: "choose another --localpart, or have a server admin reactivate it"
            )
        case .refused(_, "M_USER_LOCKED", _):
            throw StepFailure(step, "the account \(localpart) is locked", cure: "have a server admin unlock it")
        default: throw failure.ending(step, at: server.baseURL, "logging in as \(localpart)")
        }
    }
}

extension AccountMaker {
    /// The password is kept before the account is made: where the answer is lost, the next run logs in with it.
    private func make(
        by way: AccountWay,
        _ homeserver: any SetupHomeserver,
        _ server: ServerFacts,
        _ run: inout SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> (AccountSession, String) {
        let password = secrets.password ?? Secret(generatedPassword(tools.clock))
        if secrets.hasBegun, secrets.password != nil,
            let known = try? await logIn(password, homeserver, server, made: false)
        {
            return known
        }
        if !secrets.isPasswordGiven { try run.saveSecret(password, to: run.folder.password, tools) }
        run.progress.pending.insert(ObtainAccount.mark)
        try run.save(tools)
        let account = NewAccount(
            localpart: localpart,
            password: password,
            isAdmin: run.wishes.wantsServerAdmin,
            deviceName: ObtainAccount.deviceName
        )
        do throws(ServerFailure) {
            switch way {
            case .sharedSecret:
                guard let secret = secrets.sharedSecret else { break }
                let session = try await homeserver.register(account, signedWith: secret)
                return (session, "made the account \(session.user) with the registration secret")
            case .adminToken:
                guard let admin = secrets.adminToken else { break }
                let user = try await newUser(server, homeserver, admin)
                if try await exists(user, homeserver, admin) {
                    throw ServerFailure("GET account", .refused(status: 400, code: "M_USER_IN_USE", message: ""))
                }
                try await homeserver.makeAccount(user, account, admin)
            case .registrationToken, .openRegistration:
                let session = try await homeserver.register(account, registrationToken: secrets.registrationToken)
                return (session, "registered the account \(session.user)")
            case .saved, .token, .appservice, .password: break
            }
        } catch {
            if error.code == "M_USER_IN_USE" {
                if secrets.password != nil { return try await logIn(password, homeserver, server, made: false) }
                throw taken(&run, tools)
            }
            if case .refused = error.reason { forget(&run, tools) }
            throw explained(error, way, server, run)
        }
        return try await logIn(password, homeserver, server, made: true)
    }

    private func newUser(
        _ server: ServerFacts,
        _ homeserver: any SetupHomeserver,
        _ admin: Secret
    ) async throws(ServerFailure) -> UserID {
        let name: ServerName
        if let known = server.serverName {
            name = known
        } else {
            name = try await homeserver.identity(admin).user.server
        }
        guard let user = try? UserID(parsing: "@\(localpart):\(name)") else {
            throw ServerFailure("the new account", .incomplete("a legal name"))
        }
        return user
    }

    private func exists(
        _ user: UserID,
        _ homeserver: any SetupHomeserver,
        _ admin: Secret
    ) async throws(ServerFailure) -> Bool {
        do throws(ServerFailure) {
            _ = try await homeserver.account(user, admin)
            return true
        } catch {
            guard error.code == "M_NOT_FOUND" else { throw error }
            return false
        }
    }

    /// The server said that no account was made: the password that was made for it is of no use.
    private func forget(_ run: inout SetupRun, _ tools: SetupTools) {
        run.progress.pending.remove(ObtainAccount.mark)
        if !run.wishes.isDryRun, !secrets.isPasswordGiven { try? tools.files.remove(run.folder.password) }
        try? run.save(tools)
    }

    private func taken(_ run: inout SetupRun, _ tools: SetupTools) -> StepFailure {
        forget(&run, tools)
        return StepFailure(
            step,
            "there is an account \(localpart) already, and setup has not made it",
            cure: [
                "if it is the bot's, give its password with --password-file",
                "else choose another name with --localpart",
            ]
        )
    }

    private func explained(
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
        case (.sharedSecret, _) where failure.isUnrecognized || failure.status == 404:
            return StepFailure(
                step,
                "the homeserver does not know registration by a shared secret at this address (\(failure.cause)): it leaves"
                    + " accounts to an authentication service, is no Synapse or Dendrite, or a proxy hides /_synapse/admin",
                cure: [
                    "give the homeserver's own address with --homeserver, such as http://localhost:8008; under an"
                        + " authentication service run:"
                ]
                    + AuthenticationService.accountLines(localpart: localpart, asAdmin: run.wishes.wantsServerAdmin)
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
                cure: "give --homeserver-config or --admin-access-token-file, or the password of an account that exists"
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

/// 32 letters and digits, 190 bits.
private func generatedPassword(_ clock: any SetupClock) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
    var password: [UInt8] = []
    while password.count < 32 {
        // Those beyond the last whole round would make some letters likelier.
        for byte in clock.randomBytes(48) where byte < 248 && password.count < 32 {
            password.append(letters[Int(byte) % letters.count])
        }
    }
    return String(decoding: password, as: UTF8.self)
}
