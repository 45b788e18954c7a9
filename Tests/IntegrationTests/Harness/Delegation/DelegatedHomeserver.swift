import Glibc
import JSON
import MatrixCore
import Synchronization
import TestSupport

/// A real Synapse as it is behind a Matrix Authentication Service: that service's answers are the recorded ones, tokens,
/// sessions and grants live here, and everything else goes to Synapse with its own token.
final class DelegatedHomeserver: Sendable {
    struct Options: Sendable {
        var routesLogin = true
        var servesAdminAPI = true
        var hasDeviceGrant = true
        var hasPersonalTokens = true
        var takesPasswords = true
        /// Of OAuth tokens, and of compatibility tokens that can be refreshed.
        var tokenLifetime: Duration = .seconds(300)
    }

    struct Request: Sendable {
        let method: String
        let target: String
        let body: String
    }

    let synapse: Synapse
    let admin: TestClient
    let port: UInt16
    let issuer: String
    let state: Mutex<ServiceState>
    private let listeners: [LoopbackSocket]

    var url: String { "http://127.0.0.1:\(port)" }

    /// A client of the service that may use its admin API.
    static let client = (id: "01ADMNC0000000000000000000", secret: "admin-client-secret")

    init(_ synapse: Synapse, _ options: Options = Options()) async throws {
        self.synapse = synapse
        admin = try await synapse.register("root", isAdmin: true)
        let (front, frontPort) = try LoopbackSocket.listening()
        let (service, servicePort) = try LoopbackSocket.listening()
        port = frontPort
        issuer = "http://127.0.0.1:\(servicePort)/"
        listeners = [front, service]
        state = Mutex(ServiceState(options: options, issuer: issuer))
        for (listener, isService) in [(front, false), (service, true)] {
            startThread { [self] in
                while let client = listener.accepted() { startThread { self.serve(client, isService: isService) } }
                listener.close()
            }
        }
    }

    func stop() { for listener in listeners { listener.shutDown() } }

    /// Has Synapse know an account of this name, which the service may make later, or has already.
    func provision(_ localpart: String, password: String? = nil, isKnownToService: Bool = false) async throws {
        let account = try await synapse.register(localpart: localpart)
        state.withLock { state in
            state.synapseTokens[localpart] = account.accessToken
            if isKnownToService { state.add(localpart, password: password) }
        }
    }

    var requests: [Request] { state.withLock { $0.requests } }
    /// How often tokens were asked for with a refresh token.
    var renewals: Int { requests.count { $0.body.contains("grant_type=refresh_token") } }
    /// Requests that are not as a real server was asked.
    var violations: [String] { state.withLock { $0.violations } }

    private func serve(_ client: LoopbackSocket, isService: Bool) {
        defer { client.close() }
        var reader = HTTPMessageReader(client)
        while let request = reader.next(), request.startLine.count >= 2 {
            let call = ServiceCall(request)
            state.withLock { $0.requests.append(Request(method: call.method, target: call.target, body: call.text)) }
            let answer: [UInt8]
            do {
                if isService, state.withLock({ $0.isDown }) {
                    answer = CannedServer.answer(502, "text/html", "<html><h1>502 Bad Gateway</h1></html>")
                } else if let own = try state.withLock({ try isService ? $0.serviceAnswer(call) : $0.frontAnswer(call) }
                ) {
                    answer = own.bytes
                } else {
                    guard let passed = forward(request, call, whileConnected: client) else { return }
                    answer = passed
                }
            } catch {
                answer = CannedServer.answer(500, "text/plain", "\(error)")
            }
            guard client.send(answer) else { return }
        }
    }

    /// With the token that Synapse itself knows.
    private func forward(_ request: HTTPMessage, _ call: ServiceCall, whileConnected client: LoopbackSocket) -> [UInt8]?
    {
        let isAdminCall = call.path.hasPrefix("/_synapse/admin")
        var head = String(decoding: request.head, as: UTF8.self)
        if let token = call.token, let session = state.withLock({ $0.session(token) }) {
            let own = state.withLock { $0.synapseTokens[session.localpart] } ?? ""
            head = head.replacing(token, with: isAdminCall ? admin.accessToken : own)
        }
        guard let upstream = try? LoopbackSocket.connected(to: synapse.port) else { return nil }
        defer { upstream.close() }
        guard upstream.send(Array(head.utf8) + request.body) else { return nil }
        var reader = HTTPMessageReader(upstream)
        reader.mayRead = { !LoopbackSocket.poll([client, upstream], atMost: nil)[0] }
        return reader.next().map { $0.head + $0.body }
    }
}

/// A request, read.
struct ServiceCall {
    let method: String
    let target: String
    let path: String
    let text: String
    let authorization: String?

    init(_ request: HTTPMessage) {
        method = String(request.startLine[0])
        target = String(request.startLine[1])
        path = String(target.prefix { $0 != "?" })
        text = String(decoding: request.body, as: UTF8.self)
        let lines = String(decoding: request.head, as: UTF8.self).split(whereSeparator: \.isNewline)
        authorization = lines.first { $0.lowercased().hasPrefix("authorization: ") }.map { String($0.dropFirst(15)) }
    }

    var token: String? { authorization.flatMap { $0.hasPrefix("Bearer ") ? String($0.dropFirst(7)) : nil } }
    var json: JSONValue { (try? JSONValue(parsing: Array(text.utf8).span)) ?? .null }

    /// The fields of a form.
    var form: [String: String] {
        var fields: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(decoded)
            fields[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
        return fields
    }
}

private func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
        else {
            bytes.append(byte)
            continue
        }
        bytes.append(value)
        rest = rest.dropFirst(2)
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// What happens on the service's pages, and to its users.
extension DelegatedHomeserver {
    func approve(_ userCode: String, as localpart: String) { decide(userCode) { $0.localpart = localpart } }

    func deny(_ userCode: String) { decide(userCode) { $0.isDenied = true } }

    private func decide(_ userCode: String, _ change: (inout ServiceState.Grant) -> Void) {
        state.withLock { state in
            guard let code = state.grants.first(where: { $0.value.userCode == userCode })?.key else { return }
            if var grant = state.grants[code] {
                change(&grant)
                state.grants[code] = grant
            }
        }
    }

    func lock(_ localpart: String) {
        state.withLock { state in
            if state.users[localpart] == nil { state.add(localpart, password: nil) }
            state.users[localpart]?.isLocked = true
        }
    }

    /// Every access token ends before its time; the sessions go on.
    func endTokens() { state.withLock { state in for session in state.sessions { session.pair.end = .now } } }

    /// Ends every session, as its user may.
    func revokeAll() { state.withLock { state in for session in state.sessions { session.isRevoked = true } } }

    /// An account of a fixed name, which Synapse may have from another test.
    func addToService(_ localpart: String) { state.withLock { _ = $0.add(localpart, password: nil) } }

    /// Neither Synapse nor anybody else reaches the service, before which a proxy stands.
    func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }
}
