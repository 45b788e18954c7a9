import HTTPClient
import JSON
import MatrixCore
import Observability
import Setup

/// One homeserver, asked with whatever token a call brings.
struct ServerClient: Sendable {
    let baseURL: String
    /// Known where the operator named it.
    let serverName: ServerName?
    let http: HTTPClient
    let userAgent: String
    let rehearsal: Rehearsal?

    /// Short, as a person waits.
    private static let usualTime: Duration = .seconds(20)

    /// Asks for something; `simulated` is the answer where the token stands for an account that was not made.
    func read(
        _ endpoint: Endpoint,
        as token: Secret? = nil,
        simulated: JSONValue = [:]
    ) async throws(ServerFailure) -> JSONValue {
        if rehearsal != nil, token == Rehearsal.token { return simulated }
        return try await exchange(endpoint, as: token).checked()
    }

    func read<Answer>(
        _ call: Call<Answer>,
        as token: Secret?,
        simulated answer: JSONValue = [:]
    ) async throws(ServerFailure) -> Answer {
        if rehearsal != nil, token == Rehearsal.token { return try simulated(call, answer) }
        return try await exchange(call.endpoint, as: token).read(call.promised, call.read)
    }

    /// What a call would give if this were its answer.
    func simulated<Answer>(_ call: Call<Answer>, _ answer: JSONValue) throws(ServerFailure) -> Answer {
        let bytes = answer.encoded()
        guard let answer = try? JSONReader().read(bytes.span), let value = call.read(answer) else {
            throw ServerFailure(name(call.endpoint), .incomplete(call.promised))
        }
        return value
    }

    /// Changes something; in a rehearsal it is only told.
    @discardableResult
    func write(
        _ endpoint: Endpoint,
        as token: Secret? = nil,
        simulated: JSONValue = [:]
    ) async throws(ServerFailure) -> JSONValue {
        if let rehearsal {
            rehearsal.note(preview(endpoint))
            return simulated
        }
        return try await exchange(endpoint, as: token).checked()
    }

    /// What failures call it.
    func name(_ endpoint: Endpoint) -> String {
        "\(endpoint.method.rawValue) \(endpoint.target.prefix { $0 != "?" })"
    }

    /// Longer than these, which are guesses, a person would rather be told.
    private static let longestWait: Duration = .seconds(1)
    private static let patience: Duration = .seconds(30)

    /// Waits where it is limited for a moment.
    ///
    /// Dendrite has five places for such requests, each free again after half a second, and a run of setup needs more. What is
    /// sent into rooms is not waited for, so that its limits can be measured.
    func exchange(
        _ endpoint: Endpoint,
        as token: Secret?,
        followingRedirects redirects: Int = 0
    ) async throws(ServerFailure) -> ServerExchange {
        var left = Self.patience
        while true {
            let exchange = try await exchangeOnce(endpoint, as: token, followingRedirects: redirects)
            guard exchange.status == 429, case .limited(let delay) = exchange.failure.reason, endpoint.isLimitedApart,
                delay <= Self.longestWait, left > .zero
            else { return exchange }
            let wait = max(delay, .milliseconds(100))
            left -= wait
            do { try await Task.sleep(for: wait) } catch { throw ServerFailure(name(endpoint), .cancelled) }
        }
    }

    private func exchangeOnce(
        _ endpoint: Endpoint,
        as token: Secret?,
        followingRedirects redirects: Int
    ) async throws(ServerFailure) -> ServerExchange {
        var headers: HTTPHeaders = ["User-Agent": userAgent]
        if let token { headers.append("Authorization", "Bearer \(token.reveal())") }
        if endpoint.body != nil { headers.append("Content-Type", "application/json") }
        var request = HTTPRequest(
            endpoint.method,
            baseURL + endpoint.target,
            headers: headers,
            body: endpoint.body?.encoded(),
            timeout: endpoint.timeout ?? Self.usualTime,
            maximumBodySize: endpoint.maximumBodySize ?? RequestLimits().ordinarySize
        )
        let secrets = (token.map { [$0] } ?? []) + (endpoint.body?.secrets ?? [])
        var left = redirects
        do throws(HTTPError) {
            while true {
                let response = try await http.execute(request)
                guard (300..<400).contains(response.status), left > 0, let place = response.headers["Location"],
                    place.hasPrefix("https://")
                else { return ServerExchange(name(endpoint), response, secrets: secrets) }
                left -= 1
                request.url = place
            }
        } catch {
            throw ServerFailure(name(endpoint), .init(error))
        }
    }
}

extension Endpoint {
    /// Whether it is of the account, or of its place in rooms, and sends nothing into any.
    fileprivate var isLimitedApart: Bool {
        let parts = target.utf8.prefix { $0 != UInt8(ascii: "?") }.split(separator: UInt8(ascii: "/")).map {
            Substring($0)
        }
        if let last = parts.last, ["login", "whoami", "capabilities", "join", "leave", "invite"].contains(last) {
            return true
        }
        return parts.contains("profile") || parts.dropLast().last == "join"
    }
}

extension ServerFailure.Reason {
    init(_ error: HTTPError) {
        switch error {
        case .nameResolutionFailed(let text): self = .unknownHost(text)
        // A peer that does not speak TLS keeps silent until time runs out.
        case .connectionFailed(let text) where text.contains("SSL"): self = .tls(text)
        case .connectionFailed(let text), .invalidRequest(let text): self = .nobodyThere(text)
        case .tls(let text): self = .tls(text)
        case .authoritiesUnreadable(let path):
            self = .tls("the certificate authorities in \(path) cannot be read: install ca-certificates")
        case .timedOut: self = .timedOut
        case .connectionLost(let text), .other(let text): self = .cutOff(text)
        case .malformedResponse(let text): self = .notMatrix(status: 0, text)
        case .headersTooLarge, .bodyTooLarge, .outOfMemory: self = .notMatrix(status: 0, "the answer is too large")
        case .cancelled, .shutDown: self = .cancelled
        }
    }
}
