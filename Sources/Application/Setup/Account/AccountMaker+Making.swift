import MatrixCore
import Moderation
import Observability

/// A new account, on a homeserver that makes accounts itself.
extension AccountMaker {
    /// The password is kept before the account is made: where the answer is lost, the next run logs in with it.
    func make(
        by way: AccountWay,
        _ homeserver: any SetupHomeserver,
        _ server: ServerFacts,
        _ run: inout SetupRun,
        _ tools: SetupTools
    ) async throws(StepFailure) -> (AccountSession, String) {
        let password = secrets.password ?? Secret(generatedPassword(tools.clock))
        if secrets.hasBegun, secrets.password != nil,
            let known = try? await logIn(password, homeserver, server, tools, made: false)
        {
            return known
        }
        if !secrets.isPasswordGiven { try run.saveSecret(password, to: run.folder.password, tools) }
        run.progress.pending.insert(ObtainAccount.mark)
        try run.save(tools)
        let account = NewAccount(
            localpart: localpart,
            password: password,
            isAdmin: run.wantsAdmin,
            deviceName: PasswordLogin.deviceName
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
                if way == .registrationToken, server.flavour == .dendrite {
                    run.advise(
                        step,
                        "Dendrite did not ask for the registration token: it lets anybody make accounts",
                        cure: [
                            "set registration_disabled: true in dendrite.yaml and restart it; registration_requires_token is"
                                + " not enforced"
                        ]
                    )
                }
                return (session, "registered the account \(session.user)")
            case .token, .appservice, .password, .serviceAdmin, .serviceCommand, .deviceGrant: break
            }
        } catch {
            if error.code == "M_USER_IN_USE" {
                if secrets.password != nil { return try await logIn(password, homeserver, server, tools, made: false) }
                throw taken(&run, tools)
            }
            if case .refused = error.reason { forget(&run, tools) }
            throw explained(error, way, server, run)
        }
        return try await logIn(password, homeserver, server, tools, made: true)
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

    /// The server said that no account was made: the password that was made for it just now is of no use.
    func forget(_ run: inout SetupRun, _ tools: SetupTools) {
        run.progress.pending.remove(ObtainAccount.mark)
        if isPasswordNew, !run.wishes.isDryRun { try? tools.files.remove(run.folder.password) }
        try? run.save(tools)
    }

    /// Whether this very call makes the password: one that was kept before may be the only key to an account.
    var isPasswordNew: Bool { secrets.password == nil }

    func taken(_ run: inout SetupRun, _ tools: SetupTools) -> StepFailure {
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
}

/// 32 letters and digits, 190 bits.
func generatedPassword(_ clock: any SetupClock) -> String {
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
