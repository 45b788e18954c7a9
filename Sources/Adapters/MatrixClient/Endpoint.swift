import HTTPClient
import JSON
import MatrixCore

/// One request of the client-server API, without the server and the account.
struct Endpoint {
    let method: HTTPRequest.Method
    /// Path and query, escaped.
    private(set) var target: String
    let body: JSONValue?
    /// Nil takes the ordinary limit.
    var timeout: Duration?
    var maximumBodySize: Int?

    static let clientAPI = "/_matrix/client/v3"

    /// `path` is what stands behind the API's own, its parts not yet escaped.
    init(
        _ method: HTTPRequest.Method,
        of api: String = Endpoint.clientAPI,
        _ path: [String],
        query: [(String, String)] = [],
        body: JSONValue? = nil
    ) {
        self.method = method
        self.body = body
        target = api
        for part in path { target += "/" + percentEncoded(part) }
        for (index, (name, value)) in query.enumerated() {
            target += (index == 0 ? "?" : "&") + percentEncoded(name) + "=" + percentEncoded(value)
        }
    }

    init(_ method: HTTPRequest.Method, room: RoomID, _ path: [String], body: JSONValue? = nil) {
        self.init(method, ["rooms", room.rawValue] + path, body: body)
    }
}
