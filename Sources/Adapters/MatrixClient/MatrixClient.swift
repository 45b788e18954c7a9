package import HTTPClient
import JSON
import Moderation
package import Observability
import Synchronization

/// A homeserver over the client-server API, for the account of one access token.
///
/// One call, one request: nothing is repeated here.
package final class MatrixClient: Homeserver {
    let limits: RequestLimits
    /// Who the token belongs to, once the server has said so.
    let account = Mutex<Identity?>(nil)
    private let base: String
    private let token: Secret
    private let userAgent: String
    private let http: HTTPClient

    /// - Parameters:
    ///   - homeserver: The base URL of the client-server API, with or without a slash at its end.
    ///   - token: Sent in the `Authorization` header and nowhere else.
    ///   - version: Ours, for the `User-Agent`.
    ///   - http: The client to send with; it stays the caller's to shut down.
    ///   - limits: Of time and size.
    package init(
        homeserver: String,
        token: Secret,
        version: String,
        http: HTTPClient,
        limits: RequestLimits = RequestLimits()
    ) {
        var base = homeserver[...]
        while base.utf8.last == UInt8(ascii: "/") { base = base[..<base.utf8.index(before: base.endIndex)] }
        self.base = String(base)
        self.token = token
        userAgent = "Draupnir-Swift/\(version)"
        self.http = http
        self.limits = limits
    }

    /// The body of a successful answer; anything else is an error without the token in it.
    func answer(to endpoint: Endpoint) async throws(HomeserverError) -> HTTPBody {
        do throws(HomeserverError) {
            let response = try await exchange(endpoint)
            guard (200..<300).contains(response.status) else { throw HomeserverError(refusing: response) }
            return response.body
        } catch {
            throw error.withholding(token)
        }
    }

    private func exchange(_ endpoint: Endpoint) async throws(HomeserverError) -> HTTPResponse {
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
