import Glibc
import JSON
import Synchronization
import TestSupport

/// Stands between a client and a homeserver on the same machine: counts requests, and lets those fail that a test names.
///
/// Every connection has a thread; a client that goes away takes the homeserver's side with it, long polls included.
final class FaultyProxy: Sendable {
    private struct Rule {
        let method: MatrixMethod?
        let pattern: String
        let fault: ProxyFault
        var uses: Int
    }

    private struct Waiter {
        let isReached: @Sendable ([ProxiedExchange]) -> Bool
        let promise: Promise<Void>
    }

    private struct State {
        var rules: [Rule] = []
        var exchanges: [ProxiedExchange] = []
        var waiters: [Waiter] = []
        var connections: Set<Int32> = []
        var isDown = false
    }

    let port: UInt16
    private let target: UInt16
    private let listener: LoopbackSocket
    private let state = Mutex(State())

    var url: String { "http://127.0.0.1:\(port)" }

    /// All requests so far, in the order of their arrival.
    var exchanges: [ProxiedExchange] { state.withLock { $0.exchanges } }

    init(to homeserver: Synapse) throws {
        target = homeserver.port
        (listener, port) = try LoopbackSocket.listening()
        startThread { [self, listener] in
            while let client = listener.accepted() { startThread { self.serve(client) } }
            listener.close()
        }
    }

    /// Takes no more connections, and closes those that there are.
    func stop() {
        listener.shutDown()
        closeConnections()
    }

    /// Makes the homeserver seem to be gone, until `comeUp`: connections break, and new ones are closed at once.
    func goDown() {
        state.withLock { $0.isDown = true }
        closeConnections()
    }

    func comeUp() {
        state.withLock { $0.isDown = false }
    }

    /// Breaks every connection, as a network that fails for a moment does.
    func closeConnections() {
        state.withLock { state in
            for descriptor in state.connections { LoopbackSocket(descriptor: descriptor).shutDown() }
        }
    }

    /// Lets the next `times` requests of this kind fail; where several faults are for one request, the oldest befalls it.
    func inject(_ fault: ProxyFault, into method: MatrixMethod?, _ pattern: String, times: Int = 1) {
        state.withLock { $0.rules.append(Rule(method: method, pattern: pattern, fault: fault, uses: times)) }
    }

    /// Lets all requests through from now on.
    func heal() {
        state.withLock { $0.rules = [] }
    }

    func requests(_ method: MatrixMethod?, _ pattern: String) -> [ProxiedExchange] {
        exchanges.filter { $0.matches(method, pattern) }
    }

    func count(_ method: MatrixMethod?, _ pattern: String) -> Int { requests(method, pattern).count }

    /// Forgets the requests so far, those under way included.
    func resetCounts() {
        state.withLock { $0.exchanges = [] }
    }

    /// Returns once there have been `count` requests of this kind; with `answered`, once they have their answer too.
    func waitForRequests(
        _ count: Int = 1,
        _ method: MatrixMethod,
        _ pattern: String,
        answered: Bool = false,
        within limit: Duration = .seconds(120)
    ) async throws {
        let promise = Promise<Void>()
        let waiter = Waiter(
            isReached: { exchanges in
                exchanges.count { $0.matches(method, pattern) && (!answered || $0.status != nil) } >= count
            },
            promise: promise
        )
        state.withLock { state in
            state.waiters.append(waiter)
            Self.wake(&state)
        }
        try await within(limit, "\(count) × \(method.rawValue) \(pattern)") { try await promise.value() }
    }

    private static func wake(_ state: inout State) {
        for waiter in state.waiters where waiter.isReached(state.exchanges) { waiter.promise.fulfil(()) }
        state.waiters.removeAll { $0.promise.valueSoFar != nil }
    }
}

/// One connection; all of this runs on its thread.
extension FaultyProxy {
    private func serve(_ client: LoopbackSocket) {
        let isDown = state.withLock { state in
            state.connections.insert(client.descriptor)
            return state.isDown
        }
        defer {
            state.withLock { _ = $0.connections.remove(client.descriptor) }
            client.close()
        }
        if isDown { return }
        var reader = HTTPMessageReader(client)
        while let request = reader.next(), handle(request, of: client) {}
    }

    /// - Returns: whether the connection stays open.
    private func handle(_ request: HTTPMessage, of client: LoopbackSocket) -> Bool {
        let line = request.startLine
        guard line.count >= 2 else { return false }
        let exchange = ProxiedExchange(method: String(line[0]), target: String(line[1]), body: request.body)
        let (number, fault) = arrive(exchange)
        switch fault {
        case .loseRequest: return false
        case .refuse(let status, let content, let headers):
            finish(number, status: status)
            return client.send(refusal(status, content, headers))
        case .loseAnswer, .holdAnswer, .delayAnswer, nil: break
        }
        guard let answer = forward(request, whileConnected: client) else { return false }
        finish(number, status: answer.startLine.dropFirst().first.flatMap { Int($0) })
        switch fault {
        case .loseAnswer(let count):
            client.send(Array((answer.head + answer.body).prefix(count)))
            return false
        case .holdAnswer(let gate):
            _ = LoopbackSocket.poll([LoopbackSocket(descriptor: gate.descriptor), client], atMost: nil)
        case .delayAnswer(let delay): _ = LoopbackSocket.poll([client], atMost: delay)
        case .loseRequest, .refuse, nil: break
        }
        return client.send(answer.head + answer.body)
    }

    private func arrive(_ exchange: ProxiedExchange) -> (number: Int, fault: ProxyFault?) {
        state.withLock { state in
            state.exchanges.append(exchange)
            Self.wake(&state)
            let place = state.rules.firstIndex { $0.uses > 0 && exchange.matches($0.method, $0.pattern) }
            if let place { state.rules[place].uses -= 1 }
            return (state.exchanges.count - 1, place.map { state.rules[$0].fault })
        }
    }

    private func finish(_ number: Int, status: Int?) {
        state.withLock { state in
            guard state.exchanges.indices.contains(number) else { return }
            state.exchanges[number].status = status
            Self.wake(&state)
        }
    }

    /// A connection for each request: one that the homeserver has closed meanwhile cannot be mistaken for a good one.
    private func forward(_ request: HTTPMessage, whileConnected client: LoopbackSocket) -> HTTPMessage? {
        guard let upstream = try? LoopbackSocket.connected(to: target) else { return nil }
        defer { upstream.close() }
        guard upstream.send(request.head + request.body) else { return nil }
        var reader = HTTPMessageReader(upstream)
        reader.mayRead = {
            // A client that sends while it waits for an answer has closed: none here pipelines.
            !LoopbackSocket.poll([client, upstream], atMost: nil)[0]
        }
        return reader.next()
    }

    private func refusal(_ status: Int, _ content: JSONValue, _ headers: [String]) -> [UInt8] {
        let body = content.encoded()
        let fields = ["Content-Type: application/json", "Content-Length: \(body.count)"] + headers
        return Array("HTTP/1.1 \(status) Refused\r\n\(fields.map { $0 + "\r\n" }.joined())\r\n".utf8) + body
    }
}
