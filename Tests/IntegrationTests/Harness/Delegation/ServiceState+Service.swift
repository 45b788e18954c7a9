import FoundationEssentials
import JSON

/// What the service answers at its own address: OAuth 2.0 and its admin API.
extension ServiceState {
    mutating func serviceAnswer(_ call: ServiceCall) throws -> ServiceAnswer? {
        switch (call.method, call.path) {
        case ("POST", "/oauth2/registration"): return try registration(call)
        case ("POST", "/oauth2/device"): return try device(call.form)
        case ("POST", "/oauth2/token"): return try token(call)
        case ("POST", "/oauth2/revoke"):
            for session in sessions
            where [session.pair.access, session.pair.refresh, session.next?.refresh].contains(call.form["token"]) {
                session.isRevoked = true
            }
            return try ServiceAnswer("oauth_tokens", "revoke a refresh token")
        case ("POST", "/test/mas-cli"): return try command(call.json)
        case (_, let path) where path.hasPrefix("/api/admin/v1/") && options.servesAdminAPI:
            return try adminAnswer(call, String(path.dropFirst("/api/admin/v1/".count)))
        default: return try ServiceAnswer("admin_api_sessions", "unknown resource")
        }
    }

    private mutating func registration(_ call: ServiceCall) throws -> ServiceAnswer {
        guard call.json["client_uri"]?.string?.hasPrefix("https://") == true else {
            return try ServiceAnswer("oauth_client_registration", "refused: client_uri not https")
        }
        guard options.hasDeviceGrant else {
            return try ServiceAnswer("features_off", "device grant off: client registration asking for it")
        }
        let recording = try ServiceAnswer("oauth_client_registration", "public native client for the device grant")
        compare(call.json.members.map(\.name), with: recording, "registration")
        clients.insert(recording.body["client_id"]?.string ?? "")
        return recording
    }

    private mutating func device(_ form: [String: String]) throws -> ServiceAnswer {
        guard clients.contains(form["client_id"] ?? "") else {
            return try ServiceAnswer("oauth_device_grant", "start: unknown client")
        }
        let recording = try ServiceAnswer("oauth_device_grant", "start")
        compare(form.keys, with: recording, "device grant")
        let (deviceCode, userCode) = (newText("Device"), String(newText("C").prefix(6)).uppercased())
        grants[deviceCode] = Grant(userCode: userCode, scope: form["scope"] ?? "", client: form["client_id"] ?? "")
        return recording.with([
            ("device_code", .string(deviceCode)), ("user_code", .string(userCode)),
            ("verification_uri", .string(issuer + "link")), ("interval", 1),
        ])
    }

    private mutating func token(_ call: ServiceCall) throws -> ServiceAnswer {
        let form = call.form
        switch form["grant_type"] {
        case "urn:ietf:params:oauth:grant-type:device_code": return try poll(form)
        case "refresh_token":
            guard clients.contains(form["client_id"] ?? "") else {
                return try ServiceAnswer("oauth_tokens", "refresh, client_id left out")
            }
            guard let pair = refresh(form["refresh_token"] ?? "", kind: ("mat_", "mar_")) else {
                return try ServiceAnswer("oauth_tokens", "refresh with a token never issued")
            }
            let recording = try ServiceAnswer("oauth_tokens", "refresh")
            compare(form.keys, with: recording, "OAuth refresh")
            return issued(recording, pair, scope: nil)
        case "client_credentials":
            let pair = "\(DelegatedHomeserver.client.id):\(DelegatedHomeserver.client.secret)"
            guard call.authorization == "Basic \(Data(pair.utf8).base64EncodedString())" else {
                return try ServiceAnswer("oauth_client_credentials", "client_credentials, wrong secret")
            }
            let name = "client_credentials with urn:mas:admin, listed client"
            let recording = try ServiceAnswer("oauth_client_credentials", name)
            compare(form.keys, with: recording, "client credentials")
            let session = open("", device: nil, scope: form["scope"] ?? "", kind: nil, access: newText("mat_"))
            return recording.with([("access_token", .string(session.pair.access))])
        default: return try ServiceAnswer("oauth_device_grant", "token: unknown grant type")
        }
    }

    private mutating func poll(_ form: [String: String]) throws -> ServiceAnswer {
        guard let code = form["device_code"], let grant = grants[code], !grant.isUsed else {
            return try ServiceAnswer("oauth_device_grant", "poll: device code never issued")
        }
        if grant.isDenied { return try ServiceAnswer("oauth_device_grant", "poll: denied") }
        guard let localpart = grant.localpart else { return try ServiceAnswer("oauth_device_grant", "poll: pending") }
        let recording = try ServiceAnswer("oauth_device_grant", "poll: granted")
        compare(form.keys, with: recording, "poll")
        grants[code]?.isUsed = true
        let device = grant.scope.split(separator: " ").first { $0.contains(":device:") }?.split(separator: ":").last
        let session = open(localpart, device: device.map(String.init), scope: grant.scope, kind: ("mat_", "mar_"))
        return issued(recording, session.pair, scope: grant.scope)
    }

    private func issued(_ recording: ServiceAnswer, _ pair: Pair, scope: String?) -> ServiceAnswer {
        recording.with(
            [
                ("access_token", .string(pair.access)), ("refresh_token", pair.refresh.map { .string($0) }),
                ("expires_in", .integer(max(1, options.tokenLifetime.components.seconds))),
            ] + (scope.map { [("scope", .string($0))] } ?? [])
        )
    }

    private mutating func adminAnswer(_ call: ServiceCall, _ resource: String) throws -> ServiceAnswer {
        guard let token = call.token else { return try ServiceAnswer("admin_api", "no token") }
        guard !token.hasPrefix("mct_") else {
            return try ServiceAnswer("admin_api", "token without the scope (a compat token)")
        }
        guard let session = session(token), session.scope.contains("urn:mas:admin") else {
            return try ServiceAnswer("admin_api", "token never issued")
        }
        let parts = resource.split(separator: "/").map(String.init)
        switch (call.method, parts.first, parts.count) {
        case ("GET", "users", 3):
            guard let user = users[parts[2]] else { return try ServiceAnswer("admin_api", "get by username: unknown") }
            return shown(user, try ServiceAnswer("admin_api", "get by username"))
        case ("POST", "users", 1):
            let name = call.json["username"]?.string ?? ""
            guard users[name] == nil else { return try ServiceAnswer("admin_api", "create user: taken") }
            guard !name.hasPrefix("bridge_") else {
                let reserved = "create user: reserved on the homeserver (an application service's exclusive namespace)"
                return try ServiceAnswer("admin_api", reserved)
            }
            let recording = try ServiceAnswer("admin_api", "create user")
            compare(call.json.members.map(\.name), with: recording, "create user")
            return shown(add(name, password: nil), recording)
        case ("POST", "users", 3) where parts[2] == "set-password":
            guard options.takesPasswords else {
                return try ServiceAnswer("features_off", "passwords off: set password at the admin API")
            }
            guard let user = users.values.first(where: { $0.id == parts[1] }) else {
                return try ServiceAnswer("admin_api", "set password: unknown user")
            }
            let recording = try ServiceAnswer("admin_api", "set password")
            compare(call.json.members.map(\.name), with: recording, "set password")
            users[user.localpart]?.password = call.json["password"]?.string
            return recording
        case ("POST", "personal-sessions", 1) where options.hasPersonalTokens: return try personalToken(call.json)
        default: return try ServiceAnswer("admin_api_sessions", "unknown resource")
        }
    }

    private mutating func personalToken(_ body: JSONValue) throws -> ServiceAnswer {
        guard let user = users.values.first(where: { $0.id == body["actor_user_id"]?.string }) else {
            return try ServiceAnswer("personal_sessions", "create: unknown actor")
        }
        if user.isDeactivated { return try ServiceAnswer("personal_sessions", "create for a deactivated actor") }
        let recording = try ServiceAnswer("personal_sessions", "create, without expiry")
        compare(body.members.map(\.name), with: recording, "personal session")
        let scope = body["scope"]?.string ?? ""
        let device = scope.split(separator: " ").first { $0.contains(":device:") }?.split(separator: ":").last
        let session = open(
            user.localpart,
            device: device.map(String.init),
            scope: scope,
            kind: nil,
            access: newText("mpt_")
        )
        return recording.replacing([("mpt_PersonalAccessToken002xxxxxxxx_3na0p0", session.pair.access)])
    }

    private func shown(_ user: User, _ recording: ServiceAnswer) -> ServiceAnswer {
        var data = recording.body["data"] ?? .null
        var attributes = data["attributes"] ?? .null
        attributes = attributes.with("username", .string(user.localpart))
            .with("locked_at", user.isLocked ? "2026-11-24T10:42:52Z" : .null)
            .with("deactivated_at", user.isDeactivated ? "2026-11-24T10:42:52Z" : .null)
        data = data.with("id", .string(user.id)).with("attributes", attributes)
        return recording.with([("data", data)])
    }
}
