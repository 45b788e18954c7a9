import Observability

extension ServerFailure {
    /// What happened, in a sentence without a full stop.
    package var cause: String {
        switch reason {
        case .unknownHost(let host): "there is no host \(printable(host, limit: 200))"
        case .nobodyThere(let text): "nobody answers at that address (\(printable(text, limit: 200)))"
        case .tls(let text): "the TLS connection cannot be trusted or made (\(printable(text, limit: 200)))"
        case .timedOut: "no answer came in time"
        case .cutOff(let text): "the connection was cut off (\(printable(text, limit: 200)))"
        case .webPage(let status):
            "a web page (status \(status)) came back where a homeserver answers JSON, so another web server or a proxy answers"
        case .notMatrix(let status, let text):
            "the answer (status \(status)) is no Matrix: \(printable(text, limit: 100))"
        case .refused(let status, let code, let message):
            "the homeserver refused: \(printable(message, limit: 300)) (\(printable(code, limit: 60)), status \(status))"
        case .limited(let delay): "the homeserver limits the rate, for \(delay.components.seconds) s more"
        case .trouble(let status, let text):
            "the homeserver or a proxy before it is in trouble (status \(status)\(text.isEmpty ? "" : ": " + printable(text, limit: 200)))"
        case .incomplete(let what): "the answer lacks \(what)"
        case .cancelled: "it was interrupted"
        }
    }

    /// What to do, where nothing more is known than the failure itself.
    package func cure(at baseURL: String) -> [String] {
        let probe = "    curl -i \(baseURL)/_matrix/client/versions"
        switch reason {
        case .unknownHost:
            return ["correct --homeserver: the server's name (example.org), or the URL that clients connect to"]
        case .nobodyThere:
            return ["check that the homeserver runs and listens there, and the port:", probe]
        case .tls:
            return [
                "have the server renew its certificate or send the whole chain; with an authority of your own, put it into"
                    + " /etc/ssl/certs and run update-ca-certificates:", probe,
            ]
        case .timedOut, .cutOff: return ["check the way there, firewalls and proxies, then run the same again:", probe]
        case .webPage, .notMatrix:
            return [
                "give the URL that clients connect to, or have the proxy pass /_matrix and /_synapse on to the homeserver:",
                probe,
            ]
        case .refused(_, "M_UNKNOWN_TOKEN", _): return ["the access token is dead: log in anew"]
        case .incomplete, .trouble:
            return ["look into the homeserver's log at this moment, and at what answers there:", probe]
        case .refused: return ["look into the homeserver's log at this moment, then run the same again"]
        case .limited: return ["wait as long, then run the same again; what is done stays done"]
        case .cancelled: return ["run the same again; what is done stays done"]
        }
    }

    /// The same as the end of a step.
    package func ending(_ step: String, at baseURL: String, _ doing: String) -> StepFailure {
        StepFailure(step, "\(doing) (\(request)): \(cause)", cure: cure(at: baseURL))
    }
}

extension FileFailure {
    package func ending(_ step: String, cure: String) -> StepFailure {
        StepFailure(step, "\(printable(path)): \(problem)", cure: cure)
    }
}
