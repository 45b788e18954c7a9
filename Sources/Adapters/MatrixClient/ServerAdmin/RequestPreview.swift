import HTTPClient
import JSON
import Observability

/// A request as a person reads it: method, URL and body, secrets left out.
func requestPreview(_ method: HTTPRequest.Method, _ url: String, _ body: JSONValue?) -> String {
    let line = "\(method.rawValue) \(url)"
    guard let body else { return line }
    return line + " " + String(decoding: body.hidingSecrets.encoded(), as: UTF8.self)
}

extension ServerClient {
    func preview(_ endpoint: Endpoint) -> String {
        requestPreview(endpoint.method, baseURL + endpoint.target, endpoint.body)
    }
}

extension JSONValue {
    /// Names of fields, of JSON and of forms, whose values nobody may read.
    static let secretNames: Set<String> = [
        "password", "mac", "nonce", "token", "access_token", "refresh_token", "session", "client_secret", "device_code",
    ]

    /// What stands under these names.
    var secrets: [Secret] {
        switch self {
        case .object(let object):
            object.members.flatMap { member in
                if Self.secretNames.contains(member.name), case .string(let text) = member.value {
                    return [Secret(text)]
                }
                return member.value.secrets
            }
        case .array(let elements): elements.flatMap(\.secrets)
        case .null, .boolean, .integer, .decimal, .string: []
        }
    }

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
