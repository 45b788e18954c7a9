import HTTPClient
import JSON
import Observability
import Setup

/// Requests and their repetitions.
extension ServerClient {
    /// Short, as a person waits.
    private static let usualTime: Duration = .seconds(20)

    /// Longer than these, which are guesses, a person would rather be told.
    private static let longestWait: Duration = .seconds(1)
    private static let patience: Duration = .seconds(30)

    /// Sends the present token for the one that is given, and once more where that one ends just now.
    func exchange(
        _ endpoint: Endpoint,
        as token: Secret?,
        followingRedirects redirects: Int = 0
    ) async throws(ServerFailure) -> ServerExchange {
        guard let token, let tokens else {
            return try await patientExchange(endpoint, as: token, followingRedirects: redirects)
        }
        let current = await tokens.current(for: token)
        let exchange = try await patientExchange(endpoint, as: current, followingRedirects: redirects)
        guard !(200..<300).contains(exchange.status), exchange.failure.isTokenRejected,
            let next = await tokens.replacement(of: current)
        else { return exchange }
        return try await patientExchange(endpoint, as: next, followingRedirects: redirects)
    }

    /// Waits where it is limited for a moment.
    ///
    /// Dendrite has five places for such requests, each free again after half a second, and a run of setup needs more. What is
    /// sent into rooms is not waited for, so that its limits can be measured.
    private func patientExchange(
        _ endpoint: Endpoint,
        as token: Secret?,
        followingRedirects redirects: Int
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
