extension ServerFailure {
    /// What to do, where nothing more is known than the failure itself.
    package func cure(at baseURL: String) -> [String] {
        let probe = probeLine("\(baseURL)/_matrix/client/versions")
        switch reason {
        case .unknownHost:
            return ["correct --homeserver: the server's name (example.org), or the URL that clients connect to"]
        case .nobodyThere:
            return ["check that the homeserver runs and listens there, and the port:", probe]
        case .tls(let text) where text.contains("timeout") || text.contains("wrong version"):
            return [
                "what answers there may speak plain HTTP: give the whole URL, such as http://localhost:8008", probe,
            ]
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
        case .refused(_, "M_WEAK_PASSWORD", _):
            return ["give a longer password with --password-file, of 8 characters at least"]
        case .refused(_, "M_INVALID_USERNAME", _), .refused(_, "M_EXCLUSIVE", _):
            return ["choose another name with --localpart"]
        case .refused where isTokenRejected: return ["the access token is dead: log in anew"]
        case .refused where isUnrecognized:
            return ["the server's version has it not, or a proxy does not pass it on; see what answers there:", probe]
        case .trouble(_, let text) where text.contains("nonce"):
            return [
                "run the same again; where it comes back, a proxy keeps old answers of /_synapse/admin/v1/register, or several"
                    + " homeservers answer in turn"
            ]
        case .trouble(503, let text) where text.contains("introspect"):
            return [
                "see that the authentication service runs and Synapse reaches it; the token may be good, so keep it; run there:",
                "    mas-cli doctor",
            ]
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
