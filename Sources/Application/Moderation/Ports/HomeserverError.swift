/// Why the homeserver did not do what it was asked, told apart by what to do about it.
package enum HomeserverError: Error, Sendable, Equatable {
    /// 429: ask again after this long; both `Retry-After` and `retry_after_ms` were looked at.
    case limited(retryAfter: Duration)
    /// Refused by a server that understood: another try gives the same answer until something changes.
    case refused(status: Int, code: String, message: String)
    /// The access token is unknown or missing; no request will work again.
    case tokenRejected(message: String)
    /// No connection, no name, no TLS: the request did not reach the server.
    case unreachable(String)
    /// Sent, but no whole answer came: it may or may not have been done.
    case unknownOutcome(String)
    /// 5xx: the server, or a proxy before it, is in trouble; may have been done.
    case serverTrouble(status: Int, message: String)
    /// 500 by which Dendrite says that it failed, and not why: it may be in trouble, or what was asked about does not exist,
    /// and then another try gives the same answer; may have been done.
    case unexplained(status: Int, message: String)
    /// An answer that is no Matrix: HTML, broken JSON, a field missing.
    case badAnswer(String)
    /// The answer is larger than what was allowed.
    case tooLarge(limit: Int)
    case cancelled
}

extension HomeserverError {
    package var isForbidden: Bool {
        if case .refused(403, _, _) = self { true } else { false }
    }

    /// One of a fixed set, for a metric.
    package var metricLabel: String {
        switch self {
        case .limited: "limited"
        case .refused: "refused"
        case .tokenRejected: "token_rejected"
        case .unreachable: "unreachable"
        case .unknownOutcome: "unknown_outcome"
        case .serverTrouble: "server_trouble"
        case .unexplained: "unexplained"
        case .badAnswer: "bad_answer"
        case .tooLarge: "too_large"
        case .cancelled: "cancelled"
        }
    }

    /// What an operator reads in the log: what a moderator is told, and what is behind it.
    package var logText: String {
        switch self {
        case .unreachable(let why), .unknownOutcome(let why), .badAnswer(let why), .serverTrouble(_, let why):
            why.isEmpty ? moderatorMessage : "\(moderatorMessage): \(why)"
        case .limited, .refused, .tokenRejected, .unexplained, .tooLarge, .cancelled: moderatorMessage
        }
    }

    /// What a moderator is told; no tokens, no URLs.
    package var moderatorMessage: String {
        switch self {
        case .limited: "the homeserver limits my rate"
        case .refused(let status, "M_UNRECOGNIZED", _):
            "neither the homeserver nor a proxy before it knows this request (M_UNRECOGNIZED, \(status))"
        // Dendrite's, where the rules of the room forbid it.
        case .refused(let status, let code, "InputWasRejected"):
            "the room's rules forbid it: somebody's power level or membership does not allow it (\(code), \(status))"
        case .refused(let status, let code, let message): "the homeserver refused: \(message) (\(code), \(status))"
        case .tokenRejected: "the homeserver does not accept my access token any more"
        case .unreachable: "the homeserver cannot be reached"
        case .unknownOutcome: "the homeserver did not answer in time"
        case .serverTrouble(let status, _): "the homeserver is in trouble (\(status))"
        case .unexplained(let status, let message):
            "the homeserver failed and does not say why (\(message.isEmpty ? "" : message + ", ")\(status)); Dendrite does so also"
                + " where the room or the user does not exist"
        case .badAnswer: "the homeserver's answer cannot be read"
        case .tooLarge: "the homeserver's answer is too large"
        case .cancelled: "it was interrupted"
        }
    }
}
