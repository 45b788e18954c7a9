import JSON
package import Observability

/// An access token, and what keeps it alive where it ends by itself.
package struct Credential: Sendable, Equatable {
    package var token: Secret
    /// Nil of a token without a device, or where it is not known.
    package var device: String?
    /// Nil where the token does not end by itself, or where that is not known.
    package var life: TokenLife?
    package var renewal: Renewal?

    package init(token: Secret, device: String? = nil, life: TokenLife? = nil, renewal: Renewal? = nil) {
        self.token = token
        self.device = device
        self.life = life
        self.renewal = renewal
    }

    /// A refresh token and where it is taken.
    package enum Renewal: Sendable, Equatable {
        /// `POST /_matrix/client/v3/refresh`.
        case matrix(refreshToken: Secret)
        /// The token endpoint of an authentication service, for the client that the tokens were issued to.
        case oauth(refreshToken: Secret, clientID: String, tokenEndpoint: String)

        package var refreshToken: Secret {
            switch self {
            case .matrix(let token), .oauth(let token, _, _): token
            }
        }
    }
}

/// From when to when a token is good, in milliseconds since 1970.
package struct TokenLife: Sendable, Equatable {
    package let issued: Int64
    package let end: Int64

    package init(issued: Int64, end: Int64) {
        self.issued = issued
        self.end = max(end, issued)
    }

    package init(issued: Int64, lasting duration: Duration) {
        // A server may promise any number: a century is as good as for ever.
        let bounded = min(max(duration, .zero), .seconds(100 * 365 * 86_400))
        self.init(issued: issued, end: issued + Int64(bounded / .milliseconds(1)))
    }

    /// Half of it is for the case that renewing fails at first.
    package var renewalDue: Int64 { issued + (end - issued) / 2 }

    /// With a fifth left somebody has to know.
    package var warningDue: Int64 { end - (end - issued) / 5 }
}

extension Credential {
    /// What is kept in a file: the token alone in the first line, as every Draupnir reads it, and the rest as JSON in the second.
    package var fileText: String {
        var object = JSONObject()
        object["device"] = device.map { .string($0) }
        object["issued_at"] = life.map { .integer($0.issued) }
        object["expires_at"] = life.map { .integer($0.end) }
        object["refresh_token"] = renewal.map { .string($0.refreshToken.reveal()) }
        if case .oauth(_, let clientID, let tokenEndpoint)? = renewal {
            object["client_id"] = .string(clientID)
            object["token_endpoint"] = .string(tokenEndpoint)
        }
        let rest =
            object.members.isEmpty ? "" : String(decoding: JSONValue.object(object).encoded(), as: UTF8.self) + "\n"
        return token.reveal() + "\n" + rest
    }

    /// Nil where the first line is empty; a second line that is not ours is left out.
    package init?(fileText: String) {
        let lines = fileText.utf8.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
        guard let first = lines.first, let start = first.firstIndex(where: { !isBlank($0) }),
            let end = first.lastIndex(where: { !isBlank($0) })
        else { return nil }
        self.init(token: Secret(String(Substring(first[start...end]))))
        guard lines.count > 1, let json = try? JSONValue(parsing: Array(lines[1]).span) else { return }
        func text(_ name: String) -> String? { if case .string(let text)? = json[name] { text } else { nil } }
        device = text("device")
        if case .integer(let issued)? = json["issued_at"], case .integer(let expires)? = json["expires_at"] {
            life = TokenLife(issued: issued, end: expires)
        }
        guard let refreshToken = text("refresh_token").map({ Secret($0) }) else { return }
        if let clientID = text("client_id"), let tokenEndpoint = text("token_endpoint") {
            renewal = .oauth(refreshToken: refreshToken, clientID: clientID, tokenEndpoint: tokenEndpoint)
        } else {
            renewal = .matrix(refreshToken: refreshToken)
        }
    }
}
