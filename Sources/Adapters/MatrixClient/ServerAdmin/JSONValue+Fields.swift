import JSON
import MatrixCore
import Moderation
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

    /// A span of time, whole and no longer than a hundred years in milliseconds: a product must not overflow.
    ///
    /// A fraction is rounded down; nil of what is no number.
    var span: Int64? {
        let longest: Int64 = 3_155_760_000_000
        switch self {
        case .integer(let number): return min(max(number, 0), longest)
        case .decimal(let text): return Double(text).map { Int64(min(max($0, 0), Double(longest))) }
        case .null, .boolean, .string, .array, .object: return nil
        }
    }

    func identifier<Identifier: MatrixIdentifier>(_ name: String, _: Identifier.Type) -> Identifier? {
        self[name]?.string.flatMap { try? Identifier(parsing: $0) }
    }
}

/// An access token and, where there are such, its refresh token and its life, which must be read too: a token that ends
/// unnoticed is the worst of all.
///
/// How exact a life is matters less than the token.
func issuedTokens(
    _ answer: JSONValue,
    lasting name: String,
    _ unit: Duration,
    _ request: String
) throws(ServerFailure) -> IssuedTokens {
    func given(_ name: String) -> JSONValue? { answer[name].flatMap { $0 == .null ? nil : $0 } }
    guard let token = answer["access_token"]?.token else {
        throw ServerFailure(request, .incomplete("access_token"))
    }
    let (refreshToken, life) = (given("refresh_token"), given(name))
    guard refreshToken == nil || refreshToken?.token != nil else {
        throw ServerFailure(request, .incomplete("a refresh_token that is one"))
    }
    guard life == nil || life?.span != nil else { throw ServerFailure(request, .incomplete("a number as \(name)")) }
    return IssuedTokens(
        accessToken: token,
        refreshToken: refreshToken?.token,
        expiresIn: life?.span.map { unit * Int($0) }
    )
}
