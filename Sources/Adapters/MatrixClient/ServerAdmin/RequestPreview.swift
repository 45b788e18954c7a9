import HTTPClient
import JSON

extension ServerClient {
    /// The request as a person reads it: method, URL and body, secrets left out.
    func preview(_ endpoint: Endpoint) -> String {
        let line = "\(endpoint.method.rawValue) \(baseURL)\(endpoint.target)"
        guard let body = endpoint.body else { return line }
        return line + " " + String(decoding: body.hidingSecrets.encoded(), as: UTF8.self)
    }
}

extension JSONValue {
    private static let secretNames: Set<String> = [
        "password", "mac", "nonce", "token", "access_token", "refresh_token", "session",
    ]

    fileprivate var hidingSecrets: JSONValue {
        switch self {
        case .object(let object):
            var shown = JSONObject()
            for member in object.members {
                shown[member.name] = Self.secretNames.contains(member.name) ? "…" : member.value.hidingSecrets
            }
            return .object(shown)
        case .array(let elements): return .array(elements.map(\.hidingSecrets))
        case .null, .boolean, .integer, .decimal, .string: return self
        }
    }
}
