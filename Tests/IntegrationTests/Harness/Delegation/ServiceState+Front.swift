import JSON

/// What the proxy before Synapse answers: the service's part of the client API, and what Synapse refuses under it.
extension ServiceState {
    /// Nil for what Synapse answers itself.
    mutating func frontAnswer(_ call: ServiceCall) throws -> ServiceAnswer? {
        let path = call.path
        switch (call.method, path) {
        case ("GET", "/_matrix/client/v1/auth_metadata"):
            var metadata = try ServiceAnswer("discovery", "auth_metadata (stable, from Synapse)")
                .replacing([("https://auth.example.org/", issuer)])
            if !options.hasDeviceGrant { metadata = metadata.with([("device_authorization_endpoint", nil)]) }
            return metadata
        case (_, "/_matrix/client/v3/login"), (_, "/_matrix/client/v3/refresh"), (_, "/_matrix/client/v3/logout"):
            guard options.routesLogin else {
                return try ServiceAnswer(
                    "discovery",
                    "password login, straight to Synapse (a proxy that forgets the compat endpoints)"
                )
            }
            return try compatibility(call)
        case ("POST", "/_matrix/client/v3/register"):
            return try ServiceAnswer("discovery", "ordinary /register: POST")
        case (_, "/_matrix/client/v3/register/available"):
            return try ServiceAnswer("discovery", "register/available: free")
        case (_, "/_synapse/admin/v1/register"):
            return try ServiceAnswer("synapse_admin", "POST register (shared secret)")
        case (_, let path) where path.hasPrefix("/_synapse/admin/v1/users/") && path.hasSuffix("/admin"):
            return try ServiceAnswer("synapse_admin", "set admin v1")
        default: return try introspected(call)
        }
    }

    private func introspected(_ call: ServiceCall) throws -> ServiceAnswer? {
        guard let token = call.token else { return nil }
        if isDown { return try ServiceAnswer("outage", "MAS down: whoami with a token not introspected lately") }
        guard let session = session(token) else {
            return try ServiceAnswer("compat_login", "whoami, token of the right shape never issued")
        }
        guard session.scope.contains(Self.api) else {
            return try ServiceAnswer("oauth_device_grant", "whoami at Synapse of a token without the Matrix API scope")
        }
        if call.path == "/_matrix/client/v3/account/whoami" {
            return try ServiceAnswer("compat_login", "whoami, good token").with([
                ("user_id", .string("@\(session.localpart):synapse.test")),
                ("device_id", session.device.map { .string($0) }),
            ])
        }
        guard call.path.hasPrefix("/_synapse/admin/"), call.path != "/_synapse/admin/v1/server_version" else {
            return nil
        }
        guard session.scope.contains(Self.synapseAdmin) else {
            return try ServiceAnswer("synapse_admin", "whois by a plain user of another")
        }
        if call.path == "/_synapse/admin/v2/users", !call.target.contains("guests=false") {
            return try ServiceAnswer(
                "personal_sessions",
                "Synapse admin API with a personal token that has the admin scope"
            )
        }
        return nil
    }

    private mutating func compatibility(_ call: ServiceCall) throws -> ServiceAnswer {
        switch (call.method, call.path.split(separator: "/").last) {
        case ("GET", "login"):
            return try options.takesPasswords
                ? ServiceAnswer("discovery", "login flows, as clients see them (MAS)")
                : ServiceAnswer("features_off", "passwords off: login flows")
        case ("POST", "refresh"):
            guard let pair = refresh(call.json["refresh_token"]?.string ?? "", kind: ("mct_", "mcr_")) else {
                return try ServiceAnswer("compat_login", "refresh with a token never issued")
            }
            let recording = try ServiceAnswer("compat_login", "refresh")
            compare(call.json.members.map(\.name), with: recording, "refresh")
            return recording.with([
                ("access_token", .string(pair.access)), ("refresh_token", pair.refresh.map { .string($0) }),
                ("expires_in_ms", .integer(options.tokenLifetime.inMilliseconds)),
            ])
        case ("POST", "login"): return try logIn(call.json)
        default: return try ServiceAnswer("compat_login", "logout again with the dead token")
        }
    }

    private mutating func logIn(_ body: JSONValue) throws -> ServiceAnswer {
        let name = body["identifier"]?["user"]?.string ?? ""
        let localpart = String(name.drop { $0 == "@" }.prefix { $0 != ":" })
        guard let user = users[localpart], options.takesPasswords else {
            return try ServiceAnswer("compat_login", "unknown user")
        }
        if user.isLocked { return try ServiceAnswer("compat_login", "locked user") }
        guard !user.isDeactivated, let password = user.password, body["password"]?.string == password else {
            return try ServiceAnswer("compat_login", "wrong password")
        }
        let isRenewable = body["refresh_token"] == true
        let session = open(
            localpart,
            device: body["device_id"]?.string ?? newText("DEVICE"),
            scope: Self.api,
            kind: isRenewable ? ("mct_", "mcr_") : nil
        )
        let changes: [(String, JSONValue?)] = [
            ("access_token", .string(session.pair.access)), ("device_id", session.device.map { .string($0) }),
            ("user_id", .string("@\(localpart):synapse.test")),
        ]
        guard isRenewable else { return try ServiceAnswer("compat_login", "right password").with(changes) }
        return try ServiceAnswer("compat_login", "refresh_token: true").with(
            changes + [
                ("refresh_token", session.pair.refresh.map { .string($0) }),
                ("expires_in_ms", .integer(options.tokenLifetime.inMilliseconds)),
            ]
        )
    }
}

extension Duration {
    var inMilliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }
}
