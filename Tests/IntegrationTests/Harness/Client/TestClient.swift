import JSON
import MatrixCore

/// One account of the homeserver, as a test plays it.
///
/// Methods throw `MatrixFailure` where the homeserver refuses.
struct TestClient: Sendable {
    let userID: UserID
    let accessToken: String
    let password: String
    let homeserver: Synapse
    /// Where requests go: to the homeserver, or to a proxy before it.
    private(set) var baseURL: String

    init(_ answer: JSONValue, password: String, of homeserver: Synapse) throws {
        userID = try UserID(parsing: try answer.text("user_id"))
        accessToken = try answer.text("access_token")
        self.password = password
        self.homeserver = homeserver
        baseURL = homeserver.url
    }

    /// The same account, whose requests pass a proxy.
    func through(_ proxy: FaultyProxy) -> TestClient {
        var copy = self
        copy.baseURL = proxy.url
        return copy
    }

    /// For requests that have no method here.
    @discardableResult
    func call(
        _ method: MatrixMethod,
        _ path: MatrixPath,
        query: [(String, String)] = [],
        _ body: JSONValue? = nil,
        timeout: Duration = .seconds(300)
    ) async throws -> JSONValue {
        let exchange = MatrixExchange(baseURL: baseURL, http: homeserver.http, accessToken: accessToken)
        return try await exchange.call(method, path, query: query, body, timeout: timeout)
    }
}

/// What the account has stored for itself.
extension TestClient {
    /// Nil where there is none.
    func accountData(_ type: EventType) async throws -> JSONValue? {
        try await unlessMissing { try await call(.get, accountDataPath(type)) }
    }

    func setAccountData(_ type: EventType, _ content: JSONValue) async throws {
        try await call(.put, accountDataPath(type), content)
    }

    func setDisplayName(_ name: String) async throws {
        let path = MatrixPath.client("profile", userID.rawValue, "displayname")
        try await call(.put, path, ["displayname": .string(name)])
    }

    private func accountDataPath(_ type: EventType) -> MatrixPath {
        .client("user", userID.rawValue, "account_data", type.rawValue)
    }
}

/// What a server administrator can do; for an account registered with `isAdmin`.
extension TestClient {
    /// Limits how fast an account may send; zeros lift every limit for it.
    ///
    /// - Source: Synapse's documentation, User Admin API, "Set ratelimit".
    func setRateLimit(of user: UserID, perSecond: Int64, burst: Int64) async throws {
        try await call(
            .post,
            .admin("v1", "users", user.rawValue, "override_ratelimit"),
            ["messages_per_second": .integer(perSecond), "burst_count": .integer(burst)]
        )
    }

    /// Puts an account back under the homeserver's own limits.
    func removeRateLimit(of user: UserID) async throws {
        try await call(.delete, .admin("v1", "users", user.rawValue, "override_ratelimit"))
    }

    func deactivate(_ user: UserID) async throws {
        try await call(.post, .admin("v1", "deactivate", user.rawValue), ["erase": false])
    }
}

/// Nil in place of a 404.
func unlessMissing<Value>(_ operation: () async throws -> Value) async throws -> Value? {
    do { return try await operation() } catch let failure as MatrixFailure where failure.status == 404 { return nil }
}
