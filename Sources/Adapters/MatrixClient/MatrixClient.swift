package import HTTPClient
import JSON
package import Moderation
import Observability
import Synchronization

/// A homeserver over the client-server API, for the account of one session.
///
/// One call, one request: nothing is repeated here but what was refused for a dead token, once, with the next one.
package final class MatrixClient: Homeserver {
    let limits: RequestLimits
    /// Who the token belongs to, once the server has said so.
    let account = Mutex<Identity?>(nil)
    private let base: String
    private let session: SessionKeeper
    private let userAgent: String
    private let http: HTTPClient

    /// - Parameters:
    ///   - homeserver: The base URL of the client-server API, with or without a slash at its end.
    ///   - session: Its token is sent in the `Authorization` header and nowhere else.
    ///   - version: Ours, for the `User-Agent`.
    ///   - http: The client to send with; it stays the caller's to shut down.
    ///   - limits: Of time and size.
    package init(
        homeserver: String,
        session: SessionKeeper,
        version: String,
        http: HTTPClient,
        limits: RequestLimits = RequestLimits()
    ) {
        var base = homeserver[...]
        while base.utf8.last == UInt8(ascii: "/") { base = base[..<base.utf8.index(before: base.endIndex)] }
        self.base = String(base)
        self.session = session
        userAgent = "Draupnir-Swift/\(version)"
        self.http = http
        self.limits = limits
    }

    func answer<Answer>(to call: Call<Answer>) async throws(HomeserverError) -> Answer {
        try await answer(to: call.endpoint).read(call.promised, call.read)
    }

    /// The body of a successful answer; anything else is an error without the token in it.
    func answer(to endpoint: Endpoint) async throws(HomeserverError) -> HTTPBody {
        let token = try await nextToken { () async throws(TokenFailure) in try await session.token() }
        do throws(HomeserverError) { return try await answer(to: endpoint, with: token) } catch {
            guard case .tokenRejected(let message) = error else { throw error }
            let next = try await nextToken(after: message) { () async throws(TokenFailure) in
                try await session.replacement(of: token)
            }
            return try await answer(to: endpoint, with: next)
        }
    }

    /// Where nobody refused, the request was not taken and can be sent later.
    private func nextToken(
        after rejection: String? = nil,
        _ take: () async throws(TokenFailure) -> Secret
    ) async throws(HomeserverError) -> Secret {
        do throws(TokenFailure) { return try await take() } catch {
            switch error {
            case .refused(let why):
                let told = [rejection, why].compactMap(\.self).filter { !$0.isEmpty }
                throw .tokenRejected(message: told.joined(separator: "; "))
            case .unavailable(let why): throw .unreachable("no access token for now: \(why)")
            }
        }
    }

    private func answer(to endpoint: Endpoint, with token: Secret) async throws(HomeserverError) -> HTTPBody {
        do throws(HomeserverError) {
            let response = try await exchange(endpoint, token)
            guard (200..<300).contains(response.status) else { throw HomeserverError(refusing: response) }
            return response.body
        } catch {
            throw error.withholding(token)
        }
    }

    private func exchange(_ endpoint: Endpoint, _ token: Secret) async throws(HomeserverError) -> HTTPResponse {
        var headers: HTTPHeaders = ["Authorization": "Bearer \(token.reveal())", "User-Agent": userAgent]
        if endpoint.body != nil { headers.append("Content-Type", "application/json") }
        let request = HTTPRequest(
            endpoint.method,
            base + endpoint.target,
            headers: headers,
            body: endpoint.body?.encoded(),
            timeout: endpoint.timeout ?? limits.ordinaryTime,
            maximumBodySize: endpoint.maximumBodySize ?? limits.ordinarySize
        )
        do throws(HTTPError) {
            return try await http.execute(request)
        } catch {
            throw HomeserverError(error)
        }
    }
}
