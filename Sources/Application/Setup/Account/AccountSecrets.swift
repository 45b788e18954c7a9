import Moderation
import Observability

/// Every secret that there is to get an account with.
struct AccountSecrets: Sendable {
    /// What an earlier run has kept.
    var kept: KeptCredential?
    var token: Secret?
    var appservice: AppserviceRegistration?
    var sharedSecret: Secret?
    var adminToken: Secret?
    var registrationToken: Secret?
    /// Given by the operator, or kept from the run that began to make the account.
    var password: Secret?
    var isPasswordGiven: Bool
    var hasBegun: Bool
    var registersOpenly: Bool
    var serviceClient: (id: String, secret: Secret)?
    var serviceAdminToken: Secret?
    var serviceCommands: ServiceCommands?
    let usesDeviceGrant: Bool
    private let findsServiceCommand: Bool

    init(_ run: SetupRun, _ tools: SetupTools) throws(StepFailure) {
        let wishes = run.wishes
        func given(_ typed: Secret?, _ path: String?, _ flag: String) throws(StepFailure) -> Secret? {
            if let typed { return typed }
            guard let path else { return nil }
            return try readSecret(path, flag: flag, tools)
        }
        kept = try run.keptCredential(tools)
        token = try given(wishes.typedAccessToken, wishes.accessTokenFile, "access-token-file")
        sharedSecret = try given(
            wishes.typedSharedSecret,
            wishes.registrationSharedSecretFile,
            "registration-shared-secret-file"
        )
        let givenAdmin = try given(wishes.typedAdminToken, wishes.adminAccessTokenFile, "admin-access-token-file")
        let savedAdmin = try run.savedSecret(run.folder.adminAccessToken, tools)
        adminToken = givenAdmin ?? savedAdmin
        registrationToken = try given(nil, wishes.registrationTokenFile, "registration-token-file")
        let typed = try given(wishes.typedPassword, wishes.passwordFile, "password-file")
        isPasswordGiven = typed != nil
        hasBegun = run.progress.pending.contains(ObtainAccount.mark) || run.progress.user != nil
        registersOpenly = wishes.registersOpenly
        usesDeviceGrant = wishes.usesDeviceGrant
        findsServiceCommand = tools.findsServiceCommand(run.server)
        serviceCommands = wishes.serviceCommand.flatMap { ServiceCommands($0) }
        serviceAdminToken = try given(nil, wishes.serviceAdminTokenFile, "mas-admin-token-file")
        let serviceSecret = try given(
            wishes.typedServiceSecret,
            wishes.serviceClientSecretFile,
            "mas-client-secret-file"
        )
        switch (wishes.serviceClientID, serviceSecret) {
        case (let id?, let secret?): serviceClient = (id, secret)
        case (nil, nil): break
        case (nil, _): throw .missing("mas-client-id", "the client that --mas-client-secret-file belongs to")
        case (_, nil): throw .missing("mas-client-secret-file", "the secret of the client of --mas-client-id")
        }
        let savedPassword = try run.savedSecret(run.folder.password, tools)
        password = typed ?? savedPassword
        if let path = wishes.appserviceRegistration { appservice = try Self.appservice(path, tools) }
        if let path = wishes.homeserverConfig, sharedSecret == nil {
            let others = [
                kept?.current.token, token, appservice?.token, adminToken, registrationToken, password,
            ]
            let file = HomeserverConfiguration(path: path)
            sharedSecret = try file.sharedSecret(tools)
            guard sharedSecret != nil || registersOpenly || others.contains(where: { $0 != nil }) else {
                throw file.noSharedSecret(on: run.server)
            }
        }
        for (secret, flag) in [(token, "access-token-file"), (adminToken, "admin-access-token-file")] {
            guard let secret,
                let objection = TokenKind(secret).objection(
                    localpart: wishes.localpart ?? "draupnir",
                    by: run.serviceCommands
                )
            else {
                continue
            }
            // An admin's token is used at once and once: it may die afterwards.
            if flag == "admin-access-token-file", TokenKind(secret) == .shortLived, !wishes.keepsAdminToken { continue }
            let isRefusal = TokenKind(secret) == .shortLived
            throw StepFailure(
                "account",
                "--\(flag): \(objection.cause)",
                cure: objection.cure,
                kind: isRefusal ? .refused : .failed
            )
        }
    }

    var means: AccountMeans {
        var means = AccountMeans()
        means.hasToken = token != nil
        means.hasAppservice = appservice != nil
        means.hasSharedSecret = sharedSecret != nil
        means.hasAdminToken = adminToken != nil
        means.hasRegistrationToken = registrationToken != nil
        means.hasPassword = password != nil
        means.hasBegun = hasBegun
        means.registersOpenly = registersOpenly
        means.hasServiceAdmin = serviceClient != nil || serviceAdminToken != nil
        means.hasServiceCommand = serviceCommands != nil
        means.usesDeviceGrant = usesDeviceGrant
        means.findsServiceCommand = findsServiceCommand
        return means
    }

    private static func appservice(_ path: String, _ tools: SetupTools) throws(StepFailure) -> AppserviceRegistration {
        let flag = "--appservice-registration \(printable(path))"
        let file: StoredFile?
        do throws(FileFailure) { file = try tools.files.read(path, atMost: 1 << 20) } catch {
            throw StepFailure(
                "account",
                "\(flag): \(error.problem)",
                cure: "name a file that can be read",
                kind: .usage
            )
        }
        guard let file, let text = file.text, let registration = tools.configuration.appservice(text) else {
            throw StepFailure(
                "account",
                "\(flag): expected an application service's registration with as_token and sender_localpart",
                cure: "give the file that the homeserver's app_service_config_files names",
                kind: .usage
            )
        }
        return registration
    }
}
