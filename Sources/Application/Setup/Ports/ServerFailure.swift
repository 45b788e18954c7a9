/// Why a request brought no usable answer, told apart by what an operator can do about it.
package struct ServerFailure: Error, Sendable, Equatable {
    package enum Reason: Sendable, Equatable {
        /// No such host, as the resolver says it.
        case unknownHost(String)
        /// Nothing listens at the address, or it cannot be reached.
        case nobodyThere(String)
        case tls(String)
        case timedOut
        /// The connection ended before the answer did.
        case cutOff(String)
        /// A web page where JSON was asked for.
        case webPage(status: Int)
        /// An answer that is neither Matrix nor a web page.
        case notMatrix(status: Int, String)
        /// The server's own refusal; `code` is Matrix's or OAuth's, and empty where it gave none.
        case refused(status: Int, code: String, message: String)
        case limited(retryAfter: Duration)
        /// 5xx, with what the server says of it.
        case trouble(status: Int, String)
        /// JSON, but without what the call promises.
        case incomplete(String)
        case cancelled
    }

    /// Method and path, without a secret.
    package let request: String
    package let reason: Reason

    package init(_ request: String, _ reason: Reason) {
        self.request = request
        self.reason = reason
    }

    package var code: String? {
        if case .refused(_, let code, _) = reason { code } else { nil }
    }

    package var status: Int? {
        switch reason {
        case .refused(let status, _, _), .webPage(let status), .notMatrix(let status, _), .trouble(let status, _):
            status
        case .limited: 429
        case .unknownHost, .nobodyThere, .tls, .timedOut, .cutOff, .incomplete, .cancelled: nil
        }
    }

    /// Whether the server said that it has no such endpoint.
    package var isUnrecognized: Bool {
        switch reason {
        case .refused(404, "M_UNRECOGNIZED", _), .refused(405, "M_UNRECOGNIZED", _), .refused(400, "M_UNRECOGNIZED", _):
            true
        default: false
        }
    }

    package var isForbidden: Bool {
        if case .refused(403, _, _) = reason { true } else { false }
    }

    /// The token is dead or was never one.
    package var isTokenRejected: Bool {
        switch reason {
        case .refused(_, "M_UNKNOWN_TOKEN", _), .refused(_, "M_MISSING_TOKEN", _), .refused(_, "invalid_token", _): true
        // MAS's admin API has no codes, and a 401 there is never of anything else.
        case .refused(401, "", _): isOfAuthenticationService
        default: false
        }
    }

    /// Whether a password or a refresh token was refused, for good.
    ///
    /// - Source: RFC 6749, section 5.2; Matrix spec, Client-Server API, "Login" and "Refreshing access tokens".
    package var isCredentialRefused: Bool {
        guard case .refused(_, let code, _) = reason else { return false }
        return [
            "M_UNKNOWN_TOKEN", "M_FORBIDDEN", "M_USER_DEACTIVATED", "M_INVALID_USERNAME", "invalid_grant",
            "invalid_client", "unauthorized_client", "unsupported_grant_type",
        ].contains(code)
    }

    /// Whether a login was refused because passwords are not taken there at all.
    package var isLoginUnknown: Bool {
        if case .refused(400, "M_UNKNOWN", _) = reason { true } else { isUnrecognized }
    }

    /// Whether it was asked of an authentication service: of MAS's admin API, or by OAuth.
    package var isOfAuthenticationService: Bool {
        // Requests of a homeserver go by their path; the service's endpoints may be anywhere, so they go by their address.
        let isAddress = request.contains(" https://") || request.contains(" http://")
        return isAddress && !request.contains("/.well-known/matrix/client")
            || [" /api/admin/", " /oauth2/", " /.well-known/openid-configuration"].contains { request.contains($0) }
    }
}
