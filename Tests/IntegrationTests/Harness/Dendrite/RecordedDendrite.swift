import Cryptography
import JSON
import Synchronization
import TestSupport

/// Dendrite as it was recorded, as far as accounts go; rooms are those of a real Synapse behind it.
final class RecordedDendrite: Sendable {
    struct Options: Sendable {
        /// Whether its configuration has a registration secret.
        var hasSecret = true
        /// What comes in place of an answer of this path.
        var broken: (path: String, answer: [UInt8])?
        /// A nonce that another server, or an earlier start, gave out.
        var forgetsNonces = false
        /// Whether anybody may register.
        var isOpen = false
    }

    struct State {
        var options: Options
        var accounts: [String: Account] = [:]
        var nonces: Set<String> = []
        var requests: [String] = []
        /// Requests that are not as the recorded server was asked.
        var violations: [String] = []
    }

    struct Account {
        /// The token that Synapse knows, and that is given out here too.
        let token: String
        var password: String?
        var isAdmin = false
        /// Nil until it is made here.
        var device: String?
    }

    static let secret = "dendrite registration secret"
    let synapse: Synapse
    let port: UInt16
    let state: Mutex<State>
    private let listener: LoopbackSocket

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [String] { state.withLock { $0.requests } }
    var violations: [String] { state.withLock { $0.violations } }

    init(_ synapse: Synapse, _ options: Options = Options()) throws {
        self.synapse = synapse
        (listener, port) = try LoopbackSocket.listening()
        state = Mutex(State(options: options))
        startThread { [self] in
            while let client = listener.accepted() { startThread { self.serve(client) } }
            listener.close()
        }
    }

    func stop() { listener.shutDown() }

    /// Has Synapse know an account of this name, which may be made here later, or is here already.
    func provision(_ localpart: String, password: String? = nil, isAdmin: Bool = false) async throws {
        let token = try await synapse.register(localpart: localpart).accessToken
        let device = password == nil ? nil : "DEVICE01"
        let account = Account(token: token, password: password, isAdmin: isAdmin, device: device)
        state.withLock { $0.accounts[localpart] = account }
    }

    private func serve(_ client: LoopbackSocket) {
        defer { client.close() }
        var reader = HTTPMessageReader(client)
        while let request = reader.next(), request.startLine.count >= 2 {
            let call = ServiceCall(request)
            let answer: [UInt8]
            do {
                if let own = try state.withLock({ try $0.answer(call) }) {
                    answer = own
                } else {
                    guard let passed = forward(request, whileConnected: client) else { return }
                    answer = passed
                }
            } catch {
                answer = CannedServer.answer(500, "text/plain", "\(error)")
            }
            guard client.send(answer) else { return }
        }
    }

    private func forward(_ request: HTTPMessage, whileConnected client: LoopbackSocket) -> [UInt8]? {
        guard let upstream = try? LoopbackSocket.connected(to: synapse.port) else { return nil }
        defer { upstream.close() }
        guard upstream.send(request.head + request.body) else { return nil }
        var reader = HTTPMessageReader(upstream)
        reader.mayRead = { !LoopbackSocket.poll([client, upstream], atMost: nil)[0] }
        return reader.next().map { $0.head + $0.body }
    }
}

extension RecordedDendrite.State {
    /// Nil for what Synapse answers.
    mutating func answer(_ call: ServiceCall) throws -> [UInt8]? {
        requests.append("\(call.method) \(call.path)")
        if let broken = options.broken, call.path == broken.path { return broken.answer }
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

    private func recorded(_ file: String, _ name: String, _ changes: [(String, JSONValue?)] = []) throws -> [UInt8] {
        let recording = try Recording.named(name, in: "dendrite", file + ".json")
        let body = changes.reduce(recording.body ?? .null) { $0.with($1.0, $1.1) }
        return CannedServer.answer(
            recording.status,
            "application/json",
            String(decoding: body.encoded(), as: UTF8.self)
        )
    }

    private func session(_ localpart: String, _ account: RecordedDendrite.Account) -> [(String, JSONValue?)] {
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

    // MARK: Registration

    private mutating func nonce() throws -> [UInt8] {
        let nonce = "Nonce\(nonces.count)xxxxxxxxxx"
        if !options.forgetsNonces { nonces.insert(nonce) }
        return try recorded("registration", "register bot (right mac): nonce", [("nonce", .string(nonce))])
    }

    private mutating func register(_ body: JSONValue) throws -> [UInt8] {
        let recording = try Recording.named("register bot (right mac)", in: "dendrite", "registration.json")
        let fields = Set(body.members.map(\.name))
        if fields != recording.requestFields { violations.append("registration with \(fields.sorted())") }
        let nonce = body["nonce"]?.string ?? ""
        guard nonces.contains(nonce) else { return try recorded("registration", "nonce never given out") }
        let name = body["username"]?.string ?? ""
        let password = body["password"]?.string ?? ""
        let isAdmin = body["admin"] == true
        let signed = [nonce, name, password, isAdmin ? "admin" : "notadmin"].joined(separator: "\0")
        let mac = try Digest.hmacSHA1(key: Array(RecordedDendrite.secret.utf8), Array(signed.utf8).span)
        let text = mac.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        guard body["mac"]?.string == text else { return try recorded("registration", "register, wrong mac") }
        guard password.utf8.count >= 8 else { return try recorded("registration", "register, short password") }
        guard !name.hasPrefix("_") else {
            return try recorded("registration", "register, user name with leading underscore")
        }
        guard make(name, password, isAdmin, device: "shared_secret_registration"), let account = accounts[name] else {
            return try recorded("registration", "register, user name taken")
        }
        return try recorded("registration", "register bot (right mac)", session(name, account))
    }

    private mutating func registerOpenly(_ body: JSONValue) throws -> [UInt8] {
        guard options.isOpen else {
            return try recorded("registration", "ordinary /register while registration is disabled, no auth")
        }
        switch body["auth"]?["type"]?.string {
        case nil: return try recorded("registration_by_token", "register, no auth")
        case "m.login.dummy":
            let name = body["username"]?.string ?? ""
            guard make(name, body["password"]?.string ?? "", false, device: "DEVICE11"), let account = accounts[name]
            else { return try recorded("registration", "register, user name taken") }
            return try recorded(
                "registration_by_token",
                "register, m.login.dummy though a token is required by the configuration",
                session(name, account)
            )
        default: return try recorded("registration_by_token", "register, right token")
        }
    }

    /// False where the name is taken.
    private mutating func make(_ name: String, _ password: String, _ isAdmin: Bool, device: String) -> Bool {
        guard accounts[name] != nil, accounts[name]?.device == nil else { return false }
        accounts[name]?.password = password
        accounts[name]?.isAdmin = isAdmin
        accounts[name]?.device = device
        return true
    }
}
