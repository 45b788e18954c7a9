import Observability

extension ServerFailure {
    /// What happened, in a sentence without a full stop.
    package var cause: String {
        switch reason {
        case .unknownHost(let text): "there is no such host (\(printable(text, limit: 200)))"
        case .nobodyThere(let text): "nobody answers at that address (\(printable(text, limit: 200)))"
        case .tls(let text): "the TLS connection cannot be trusted or made (\(printable(text, limit: 200)))"
        case .timedOut: "no answer came in time"
        case .cutOff(let text): "the connection was cut off (\(printable(text, limit: 200)))"
        case .webPage(let status):
            "a web page (status \(status)) came back where \(server) answers JSON, so another web server or a proxy answers"
        case .notMatrix(let status, let text): notMatrix(status, text)
        case .refused(let status, let code, let message):
            "\(server) \(refusal)\(Self.told(message, code)) ("
                + (code.isEmpty ? "" : printable(code, limit: 60) + ", ") + "status \(status))"
        case .limited(let delay):
            "\(server) limits how often it may be asked: wait \(Self.wholeSeconds(delay)) s at least"
        case .trouble(501, let text): "\(server) cannot do this\(Self.told(text)) (status 501)"
        case .trouble(let status, ""):
            "\(server), or a proxy before it, is in trouble and does not say why (status \(status))"
        case .trouble(503, let text) where text.contains("introspect"):
            "the homeserver cannot reach its authentication service\(Self.told(text)) (status 503)"
        case .trouble(let status, let text): "\(server) failed\(Self.told(text)) (status \(status))"
        case .incomplete(let what): "the answer lacks \(what)"
        case .cancelled: "it was interrupted"
        }
    }

    /// Whose answer it is, by the path that was asked for.
    private var server: String {
        isOfAuthenticationService ? "the authentication service" : "the homeserver"
    }

    private var refusal: String {
        if isTokenRejected, code != "M_MISSING_TOKEN" { return "does not accept the token" }
        return isUnrecognized ? "has no such function" : "refused"
    }

    private func notMatrix(_ status: Int, _ text: String) -> String {
        switch (status, text) {
        case (300..<400, ""): "\(server) leads elsewhere (status \(status))"
        case (300..<400, _): "\(server) leads elsewhere, to \(printable(text, limit: 200)) (status \(status))"
        case (_, ""): "\(server) answered with status \(status) and nothing else"
        default: "something else than \(server)'s JSON came back (status \(status)): \(printable(text, limit: 100))"
        }
    }

    /// The server's own words, behind a colon; a sentence goes on, so it has no full stop.
    private static func told(_ message: String, _ code: String = "") -> String {
        guard message.isEmpty else {
            return ": " + printable(message.hasSuffix(".") ? String(message.dropLast()) : message, limit: 300)
        }
        return code.isEmpty ? " and does not say why" : ""
    }

    /// Rounded up: who waits less is refused again.
    private static func wholeSeconds(_ delay: Duration) -> Int64 {
        delay.components.seconds + (delay.components.attoseconds > 0 ? 1 : 0)
    }
}

extension FileFailure {
    package func ending(_ step: String, cure: String) -> StepFailure {
        StepFailure(step, "\(printable(path)): \(problem)", cure: cure)
    }
}
