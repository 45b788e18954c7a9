import HTTPClient
import JSON
import MatrixCore

/// A path of the homeserver's APIs, its segments percent-encoded.
struct MatrixPath: Sendable {
    let text: String

    static func client(_ segments: String...) -> MatrixPath { MatrixPath("/_matrix/client/v3", segments) }
    static func client(_ segments: [String]) -> MatrixPath { MatrixPath("/_matrix/client/v3", segments) }
    /// Synapse's admin API.
    static func admin(_ segments: String...) -> MatrixPath { MatrixPath("/_synapse/admin", segments) }
    static func exact(_ text: String) -> MatrixPath { MatrixPath(text, []) }

    private init(_ base: String, _ segments: [String]) {
        text = ([base] + segments.map(percentEncoded)).joined(separator: "/")
    }
}

enum MatrixMethod: String, Sendable {
    case get = "GET"
    case put = "PUT"
    case post = "POST"
    case delete = "DELETE"

    fileprivate var wire: HTTPRequest.Method {
        switch self {
        case .get: .get
        case .put: .put
        case .post: .post
        case .delete: .delete
        }
    }
}

/// The homeserver refused.
struct MatrixFailure: Error, Equatable, CustomStringConvertible {
    let status: Int
    /// `M_FORBIDDEN`, say.
    let code: String
    let message: String
    let request: String

    var description: String { "\(request): \(status) \(code) \(message)" }
}

/// Requests with one account's token, or none.
struct MatrixExchange: Sendable {
    let baseURL: String
    let http: HTTPClient
    let accessToken: String?

    /// - Returns: the answer's JSON.
    /// - Throws: `MatrixFailure` for any status but 200.
    @discardableResult
    func call(
        _ method: MatrixMethod,
        _ path: MatrixPath,
        query: [(String, String)] = [],
        _ body: JSONValue? = nil,
        timeout: Duration = .seconds(300)
    ) async throws -> JSONValue {
        var url = baseURL + path.text
        for (index, (name, value)) in query.enumerated() {
            url += (index == 0 ? "?" : "&") + name + "=" + percentEncoded(value)
        }
        var headers = HTTPHeaders()
        if let accessToken { headers.append("Authorization", "Bearer " + accessToken) }
        var content = body
        if content == nil, method == .post || method == .put { content = [:] }
        if content != nil { headers.append("Content-Type", "application/json") }
        let request = HTTPRequest(
            method.wire,
            url,
            headers: headers,
            body: content?.encoded(),
            timeout: timeout
        )
        let response = try await http.execute(request)
        let answer = try? response.body.withBytes { bytes in
            try JSONValue(parsing: Array(copying: bytes).span)
        }
        guard response.status == 200, let answer else {
            throw MatrixFailure(
                status: response.status,
                code: answer?["errcode"]?.string ?? "",
                message: answer?["error"]?.string ?? response.body.text,
                request: method.rawValue + " " + path.text
            )
        }
        return answer
    }
}

extension Array<UInt8> {
    init(copying bytes: RawSpan) {
        self = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
    }
}
