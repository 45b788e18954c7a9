import FoundationEssentials
import HTTPClient
import JSON
import MatrixCore
import Observability
package import Setup

/// One authentication service over HTTP: OAuth 2.0 by forms, its admin API by JSON.
struct ServiceClient: Sendable {
    let metadata: AuthenticationMetadata
    let http: HTTPClient
    let userAgent: String
    let rehearsal: Rehearsal?

    enum Credential {
        case none
        case bearer(Secret)
        /// HTTP Basic, as RFC 6749, section 2.3.1, has it.
        case client(String, Secret)
    }

    enum Body {
        case none
        case json(JSONValue)
        case form([(String, String)])
    }

    func answer(
        _ method: HTTPRequest.Method,
        _ url: String,
        _ body: Body = .none,
        as credential: Credential = .none
    ) async throws(ServerFailure) -> ServerExchange {
        var headers: HTTPHeaders = ["User-Agent": userAgent, "Accept": "application/json"]
        var secrets: [Secret] = []
        switch credential {
        case .none: break
        case .bearer(let token):
            headers.append("Authorization", "Bearer \(token.reveal())")
            secrets.append(token)
        case .client(let id, let password):
            let pair = "\(percentEncoded(id)):\(percentEncoded(password.reveal()))"
            let encoded = Data(pair.utf8).base64EncodedString()
            headers.append("Authorization", "Basic \(encoded)")
            secrets += [password, Secret(encoded)]
        }
        var bytes: [UInt8]?
        switch body {
        case .none: break
        case .json(let value):
            headers.append("Content-Type", "application/json")
            bytes = value.encoded()
            secrets += value.secrets
        case .form(let fields):
            headers.append("Content-Type", "application/x-www-form-urlencoded")
            let pairs = fields.map { "\(percentEncoded($0.0))=\(percentEncoded($0.1))" }
            bytes = Array(pairs.joined(separator: "&").utf8)
            secrets += fields.filter { JSONValue.secretNames.contains($0.0) }.flatMap {
                [Secret($0.1), Secret(percentEncoded($0.1))]
            }
        }
        let name = "\(method.rawValue) \(url)"
        do throws(HTTPError) {
            let request = HTTPRequest(
                method,
                url,
                headers: headers,
                body: bytes,
                timeout: .seconds(20),
                maximumBodySize: 1 << 20
            )
            return ServerExchange(name, try await http.execute(request), secrets: secrets)
        } catch {
            throw ServerFailure(name, .init(error))
        }
    }

    func endpoint(_ url: String?, _ what: String) throws(ServerFailure) -> String {
        guard let url else { throw ServerFailure("GET auth_metadata", .incomplete(what)) }
        return url
    }
}

extension HTTPHomeservers {
    package func authenticationService(_ metadata: AuthenticationMetadata) -> any AuthenticationService {
        ServiceClient(metadata: metadata, http: http, userAgent: userAgent, rehearsal: rehearsal)
    }
}
