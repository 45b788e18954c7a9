package import HTTPClient
package import JSON
package import Observability
package import Setup

/// A whole answer, not yet judged.
package struct ServerExchange {
    package let request: String
    package let status: Int
    package let headers: HTTPHeaders
    /// Nil where it is no JSON.
    package let json: JSONValue?
    private let body: HTTPBody
    private let secrets: [Secret]

    /// `request` is method and path, as failures name it; `secrets` are cut out of what the server echoes.
    package init(_ request: String, _ response: HTTPResponse, secrets: [Secret]) {
        self.request = request
        status = response.status
        headers = response.headers
        body = response.body
        json = try? response.body.value()
        self.secrets = secrets
    }

    /// The JSON of a success; an empty object where the success has nothing to say.
    package func checked() throws(ServerFailure) -> JSONValue {
        if (200..<300).contains(status) {
            if let json { return json }
            if body.count == 0 { return [:] }
        }
        throw failure
    }

    /// What is promised of a success; nil from `use` means that it is not in the answer.
    func read<Value>(_ promised: String, _ use: (JSONView) -> Value?) throws(ServerFailure) -> Value {
        _ = try checked()
        guard let value = try? body.read(promised, use) else { throw ServerFailure(request, .incomplete(promised)) }
        return value
    }

    package var failure: ServerFailure {
        let form = refusal
        let reason: ServerFailure.Reason
        switch status {
        case 429 where form != nil:
            var milliseconds: Int64?
            if case .integer(let number)? = json?["retry_after_ms"] { milliseconds = number }
            let header = headers["Retry-After"].flatMap { Int64($0) }
            reason = .limited(retryAfter: retryDelay(header: header, milliseconds: milliseconds))
        // Without its query, which may hold a code that logs somebody in.
        case 300..<400:
            let place = headers["Location"]?.prefix { $0 != "?" && $0 != "#" } ?? ""
            reason = .notMatrix(status: status, clean(String(place)))
        case 500..<600: reason = .trouble(status: status, form?.message ?? "")
        default:
            if let form {
                reason = .refused(status: status, code: form.code, message: form.message)
            } else if isWebPage {
                reason = .webPage(status: status)
            } else {
                reason = .notMatrix(status: status, quotation)
            }
        }
        return ServerFailure(request, reason)
    }

    private var refusal: RefusalForm? {
        if let json, var form = RefusalForm(json) {
            form.code = clean(form.code)
            form.message = clean(form.message)
            return form
        }
        // MAS, of JSON that lacks a field.
        guard status == 422, headers["Content-Type"]?.lowercased().hasPrefix("text/plain") ?? false else { return nil }
        return RefusalForm(["message": .string(clean(body.text))])
    }

    private func clean(_ text: String) -> String { shortened(text, without: secrets) }

    /// A broken answer may be one that brings a token.
    private var quotation: String {
        let text = body.text
        let isSuspicious = ["\"", "token", "code", "secret"].contains { text.lowercased().contains($0) }
        return isSuspicious ? "not shown, for a secret may be in it" : String(clean(text).prefix(200))
    }

    private var isWebPage: Bool {
        if headers["Content-Type"]?.lowercased().hasPrefix("text/html") ?? false { return true }
        return body.text.utf8.first { $0 > 0x20 } == UInt8(ascii: "<")
    }
}
