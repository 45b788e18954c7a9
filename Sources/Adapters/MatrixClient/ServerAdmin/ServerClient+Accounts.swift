import HTTPClient
import JSON
import MatrixCore
import Moderation
import Observability
import Setup

extension ServerClient: AccountMaking {
    func rehearsedSession(_ localpart: String, isAdmin: Bool) -> AccountSession? {
        let account = NewAccount(localpart: localpart, password: Secret(""), isAdmin: isAdmin, deviceName: "")
        return try? session(simulatedSession(account), Endpoint(.post, ["register"]))
    }

    func logIn(_ login: PasswordLogin) async throws(ServerFailure) -> AccountSession {
        var body = JSONObject()
        body["type"] = .string(LoginFlow.password)
        body["identifier"] = ["type": "m.id.user", "user": .string(login.user)]
        body["password"] = .string(login.password.reveal())
        body["initial_device_display_name"] = .string(login.deviceName)
        if let device = login.device { body["device_id"] = .string(device) }
        if login.isRenewable { body["refresh_token"] = true }
        let endpoint = Endpoint(.post, ["login"], body: .object(body))
        let account = NewAccount(
            localpart: login.user,
            password: login.password,
            isAdmin: rehearsal?.isAdmin ?? false,
            deviceName: ""
        )
        return try session(try await write(endpoint, simulated: simulatedSession(account)), endpoint)
    }

    func refresh(_ refreshToken: Secret) async throws(ServerFailure) -> IssuedTokens {
        let endpoint = Endpoint(.post, ["refresh"], body: ["refresh_token": .string(refreshToken.reveal())])
        let answer = try await write(endpoint)
        return try issuedTokens(answer, lasting: "expires_in_ms", .milliseconds(1), name(endpoint))
    }

    func logOut(_ token: Secret) async throws(ServerFailure) {
        // It means this token, and not the one that took its place.
        var client = self
        client.tokens = nil
        _ = try await client.write(Endpoint(.post, ["logout"], body: [:]), as: token)
    }

    func identity(_ token: Secret) async throws(ServerFailure) -> Identity {
        try await read(.whoami, as: token, simulated: ["user_id": .string(rehearsal?.user?.rawValue ?? "")])
    }

    func profileExists(_ user: UserID) async throws(ServerFailure) -> Bool {
        do throws(ServerFailure) {
            _ = try await read(Endpoint(.get, ["profile", user.rawValue]))
            return true
        } catch {
            // Synapse calls the missing row M_UNKNOWN.
            guard case .refused(404, _, _) = error.reason, !error.isUnrecognized else { throw error }
            return false
        }
    }

    func devices(_ token: Secret) async throws(ServerFailure) -> [AccountDevice] {
        try await read(Endpoint(.get, ["devices"]), as: token)["devices"]?.elements.compactMap { device in
            device["device_id"]?.string.map {
                AccountDevice(
                    id: $0,
                    name: device["display_name"]?.string,
                    lastSeenMilliseconds: device["last_seen_ts"]?.integer
                )
            }
        } ?? []
    }

    func devicesWithKeys(of user: UserID, _ token: Secret) async throws(ServerFailure) -> Set<String> {
        var wanted = JSONObject()
        wanted[user.rawValue] = []
        let endpoint = Endpoint(.post, ["keys", "query"], body: ["device_keys": .object(wanted)])
        guard case .object(let devices)? = try await read(endpoint, as: token)["device_keys"]?[user.rawValue] else {
            return []
        }
        return Set(devices.members.map(\.name))
    }
}

extension ServerClient {
    func session(_ answer: JSONValue, _ endpoint: Endpoint) throws(ServerFailure) -> AccountSession {
        guard let user = answer.identifier("user_id", UserID.self), answer["access_token"]?.token != nil else {
            throw ServerFailure(name(endpoint), .incomplete("user_id and access_token"))
        }
        let tokens = try issuedTokens(answer, lasting: "expires_in_ms", .milliseconds(1), name(endpoint))
        return AccountSession(
            user: user,
            token: tokens.accessToken,
            device: answer["device_id"]?.string,
            expiresIn: tokens.expiresIn,
            renewal: tokens.refreshToken.map { .matrix(refreshToken: $0) }
        )
    }

    /// The answer that a new account would bring; without a name of the server, its host stands in.
    func simulatedSession(_ account: NewAccount) -> JSONValue {
        guard let rehearsal else { return [:] }
        let host = baseURL.split(separator: "/").dropFirst().first.map(String.init) ?? "example.org"
        let text =
            account.localpart.hasPrefix("@")
            ? account.localpart : "@\(account.localpart):\(serverName?.rawValue ?? host)"
        if let user = try? UserID(parsing: text) { rehearsal.make(user, isAdmin: account.isAdmin) }
        return ["user_id": .string(text), "access_token": .string(Rehearsal.token.reveal())]
    }
}
