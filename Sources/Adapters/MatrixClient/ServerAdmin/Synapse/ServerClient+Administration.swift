import HTTPClient
import JSON
import MatrixCore
import Observability
import Setup

/// - Source: Synapse's documentation, "Admin API".
extension ServerClient: ServerAdministration {
    static let adminAPI1 = "/_synapse/admin/v1"
    static let adminAPI2 = "/_synapse/admin/v2"

    func canAdminister(_ token: Secret) async throws(ServerFailure) -> Bool {
        if let rehearsal, token == Rehearsal.token { return rehearsal.isAdmin }
        do throws(ServerFailure) {
            // Without `guests=false` Synapse refuses it under an authentication service.
            let query = [("limit", "1"), ("guests", "false")]
            return try await has("users", Endpoint(.get, of: Self.adminAPI2, ["users"], query: query), as: token)
        } catch {
            guard error.isForbidden else { throw error }
            return false
        }
    }

    func maySeeSessions(of user: UserID, _ token: Secret) async throws(ServerFailure) -> Bool {
        if let rehearsal, token == Rehearsal.token { return rehearsal.isAdmin }
        do throws(ServerFailure) {
            return try await has("devices", Endpoint(.get, ["admin", "whois", user.rawValue]), as: token)
        } catch {
            guard error.isForbidden else { throw error }
            return false
        }
    }

    /// True, or a failure: what answers with something else is not the homeserver.
    private func has(_ member: String, _ endpoint: Endpoint, as token: Secret) async throws(ServerFailure) -> Bool {
        guard try await read(endpoint, as: token)[member] != nil else {
            throw ServerFailure(name(endpoint), .incomplete(member))
        }
        return true
    }

    func account(_ user: UserID, _ token: Secret) async throws(ServerFailure) -> AccountRecord {
        let answer = try await read(Endpoint(.get, of: Self.adminAPI2, ["users", user.rawValue]), as: token)
        var record = AccountRecord()
        // A number before Synapse 1.64, a boolean since.
        func isSet(_ name: String) -> Bool { answer[name] == true || answer[name] == 1 }
        record.isAdmin = isSet("admin")
        record.isDeactivated = isSet("deactivated")
        record.isLocked = isSet("locked")
        record.isSuspended = isSet("suspended")
        record.isShadowBanned = isSet("shadow_banned")
        record.appservice = answer["appservice_id"]?.string
        return record
    }

    func makeAccount(_ user: UserID, _ account: NewAccount, _ token: Secret) async throws(ServerFailure) {
        rehearsal?.make(user, isAdmin: account.isAdmin)
        let body: JSONValue = ["password": .string(account.password.reveal()), "admin": .boolean(account.isAdmin)]
        try await write(Endpoint(.put, of: Self.adminAPI2, ["users", user.rawValue], body: body), as: token)
    }

    func makeAdmin(_ user: UserID, _ token: Secret) async throws(ServerFailure) {
        rehearsal?.makeAdmin()
        try await write(
            Endpoint(.put, of: Self.adminAPI1, ["users", user.rawValue, "admin"], body: ["admin": true]),
            as: token
        )
    }

    func rateLimit(of user: UserID, _ token: Secret) async throws(ServerFailure) -> RateLimit {
        if rehearsal?.user == user { return .usual }
        let answer = try await read(Endpoint(.get, of: Self.adminAPI1, Self.limitPath(user)), as: token)
        guard let rate = answer["messages_per_second"]?.integer, let burst = answer["burst_count"]?.integer else {
            return .usual
        }
        return rate == 0 && burst == 0 ? .lifted : .changed(perSecond: rate, burst: burst)
    }

    func liftRateLimit(of user: UserID, _ token: Secret) async throws(ServerFailure) {
        let body: JSONValue = ["messages_per_second": 0, "burst_count": 0]
        try await write(Endpoint(.post, of: Self.adminAPI1, Self.limitPath(user), body: body), as: token)
    }

    func experimentalFeatures(of user: UserID, _ token: Secret) async throws(ServerFailure) -> [String: Bool] {
        if rehearsal?.user == user { return [:] }
        let answer = try await read(Endpoint(.get, of: Self.adminAPI1, Self.featurePath(user)), as: token)
        var features: [String: Bool] = [:]
        if case .object(let all)? = answer["features"] {
            for member in all.members { features[member.name] = member.value == true }
        }
        return features
    }

    func enableFeature(_ name: String, for user: UserID, _ token: Secret) async throws(ServerFailure) {
        var feature = JSONObject()
        feature[name] = true
        let body: JSONValue = ["features": .object(feature)]
        try await write(Endpoint(.put, of: Self.adminAPI1, Self.featurePath(user), body: body), as: token)
    }

    private static func limitPath(_ user: UserID) -> [String] { ["users", user.rawValue, "override_ratelimit"] }
    private static func featurePath(_ user: UserID) -> [String] { ["experimental_features", user.rawValue] }
}
