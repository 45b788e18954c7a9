import HTTPClient
import JSON
import Observability
import Setup

/// A whole answer, not yet judged.
struct ServerExchange {
    let request: String
    let status: Int
    let headers: HTTPHeaders
    /// Nil where it is no JSON.
    let json: JSONValue?
    private let body: HTTPBody
    private let secret: Secret?

    init(_ request: String, _ response: HTTPResponse, secret: Secret?) {
        self.request = request
        status = response.status
        headers = response.headers
        body = response.body
        json = try? response.body.value()
        self.secret = secret
    }

    /// The JSON of a success.
    func checked() throws(ServerFailure) -> JSONValue {
        if (200..<300).contains(status), let json { return json }
        throw failure
    }

    var failure: ServerFailure {
        func text(_ name: String) -> String? {
            guard case .string(let text)? = json?[name] else { return nil }
            return shortened(text, without: secret ?? Secret(""))
        }
        let reason: ServerFailure.Reason
        if status == 429, let code = text("errcode"), !code.isEmpty {
            let header = headers["Retry-After"].flatMap { Int64($0) }
            var milliseconds: Int64?
            if case .integer(let number)? = json?["retry_after_ms"] { milliseconds = number }
            reason = .limited(retryAfter: retryDelay(header: header, milliseconds: milliseconds))
        } else if (500..<600).contains(status) {
            reason = .trouble(status: status, text("error") ?? text("message") ?? "")
        } else if let code = text("errcode") {
            reason = .refused(status: status, code: code, message: text("error") ?? "")
        } else if isWebPage {
            reason = .webPage(status: status)
        } else {
            reason = .notMatrix(status: status, shortened(String(body.text.prefix(200)), without: secret ?? Secret("")))
        }
        return ServerFailure(request, reason)
    }

    private var isWebPage: Bool {
        if headers["Content-Type"]?.lowercased().hasPrefix("text/html") ?? false { return true }
        return body.text.utf8.first { $0 > 0x20 } == UInt8(ascii: "<")
    }
}
