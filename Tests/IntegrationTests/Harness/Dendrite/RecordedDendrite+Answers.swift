import JSON
import TestSupport

extension RecordedDendrite.State {
    /// Nil for what Synapse answers.
    mutating func answer(_ call: ServiceCall) throws -> [UInt8]? {
        requests.append("\(call.method) \(call.path)")
        if let broken = options.broken, call.path == broken.path { return broken.answer }
        if isOverLimit(call) { return try recorded("rate_limits", "invite") }
        switch (call.method, call.path) {
        case ("GET", "/_matrix/client/versions"): return try recorded("discovery", "versions")
        case ("GET", "/_matrix/federation/v1/version"):
            return try recorded("discovery", "server version (federation)")
        case ("GET", "/_matrix/client/v3/login"): return try recorded("discovery", "login flows")
        case ("POST", "/_matrix/client/v3/login"): return try logIn(call.json)
        case ("POST", "/_matrix/client/v3/refresh"):
            violations.append("a refresh, which Dendrite does not know")
            return try recorded("login", "refresh endpoint")
        case ("POST", "/_matrix/client/v3/register"): return try registerOpenly(call.json)
        case ("GET", "/_matrix/client/v3/account/whoami"): return try whoAmI(call.token)
        case ("GET", "/_synapse/admin/v1/register") where options.hasSecret: return try nonce()
        case ("POST", "/_synapse/admin/v1/register") where options.hasSecret: return try register(call.json)
        case (_, "/_synapse/admin/v1/register"):
            return try recorded("registration_off", "no shared secret configured: GET nonce")
        case ("GET", let path) where path.hasPrefix("/_matrix/client/v3/admin/whois/"):
            let isAdmin = accounts.values.contains { $0.token == call.token && $0.isAdmin }
            return try recorded(
                "reports_and_admin",
                isAdmin ? "client whois of another, admin" : "client whois of another, plain user"
            )
        case (_, let path)
        where path.hasPrefix("/_synapse/") || path.hasSuffix("/auth_metadata") || path.hasSuffix("/auth_issuer"):
            return try recorded("discovery", "_synapse path not known")
        default: return nil
        }
    }

    func recorded(_ file: String, _ name: String, _ changes: [(String, JSONValue?)] = []) throws -> [UInt8] {
        let recording = try Recording.named(name, in: "dendrite", file + ".json")
        let body = changes.reduce(recording.body ?? .null) { $0.with($1.0, $1.1) }
        return CannedServer.answer(
            recording.status,
            "application/json",
            String(decoding: body.encoded(), as: UTF8.self)
        )
    }

    func session(_ localpart: String, _ account: RecordedDendrite.Account) -> [(String, JSONValue?)] {
        [
            ("user_id", .string("@\(localpart):synapse.test")), ("access_token", .string(account.token)),
            ("device_id", account.device.map { .string($0) }),
        ]
    }

    private func whoAmI(_ token: String?) throws -> [UInt8] {
        guard let (name, account) = accounts.first(where: { $0.value.token == token && $0.value.device != nil }) else {
            return try recorded("login", "whoami, bad token")
        }
        let fields = session(name, account).filter { $0.0 != "access_token" }
        return try recorded("login", "whoami, good token", fields)
    }

    private mutating func logIn(_ body: JSONValue) throws -> [UInt8] {
        if body["refresh_token"] != nil { violations.append("a login that asks for a refresh token") }
        let name = String((body["identifier"]?["user"]?.string ?? "").drop { $0 == "@" }.prefix { $0 != ":" })
        guard let account = accounts[name], account.device != nil, let password = account.password,
            body["password"]?.string == password
        else { return try recorded("login", "wrong password") }
        return try recorded("login", "right password", session(name, account))
    }

    /// Each place is free again after half a second; admins have none to mind.
    private mutating func isOverLimit(_ call: ServiceCall) -> Bool {
        let parts = call.path.split(separator: "/")
        let words: Set<Substring> = ["whoami", "capabilities", "join", "leave", "invite"]
        guard let places = options.places, let token = call.token, !words.isDisjoint(with: parts),
            !accounts.values.contains(where: { $0.token == token && $0.isAdmin })
        else { return false }
        let now = ContinuousClock.now
        var taken = (slots[token] ?? []).filter { now - $0 < .milliseconds(500) }
        let isOver = taken.count >= places
        if isOver { refusals += 1 } else { taken.append(now) }
        slots[token] = taken
        return isOver
    }
}
