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
        /// Its `rate_limiting.threshold`; nil where that is not enabled.
        var places: Int?
    }

    struct State {
        var options: Options
        var accounts: [String: Account] = [:]
        var nonces: Set<String> = []
        var requests: [String] = []
        /// Requests that are not as the recorded server was asked.
        var violations: [String] = []
        /// When the limited requests of each token were let through.
        var slots: [String: [ContinuousClock.Instant]] = [:]
        var refusals = 0
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
