import JSON
import Moderation
import MatrixCore
import Observability
import Setup

extension JSONValue {
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }

    /// Of letters that stand for themselves in a header and in a line of a file.
    var token: Secret? {
        guard let text = string, !text.isEmpty, text.utf8.count <= 4_096,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return Secret(text)
    }

    func identifier<Identifier: MatrixIdentifier>(_ name: String, _: Identifier.Type) -> Identifier? {
        self[name]?.string.flatMap { try? Identifier(parsing: $0) }
    }
}

/// An access token and, where there is one, its refresh token, which must be whole too.
func issuedTokens(_ answer: JSONValue, lasting life: Duration?, _ request: String) throws(ServerFailure) -> IssuedTokens
{
    guard let token = answer["access_token"]?.token else {
        throw ServerFailure(request, .incomplete("access_token"))
    }
    let refreshToken = answer["refresh_token"].flatMap { $0 == .null ? nil : $0 }
    guard refreshToken == nil || refreshToken?.token != nil else {
        throw ServerFailure(request, .incomplete("a refresh_token that is one"))
    }
    return IssuedTokens(accessToken: token, refreshToken: refreshToken?.token, expiresIn: life)
}
