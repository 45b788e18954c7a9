package import Observability

/// Who made a token and how long it lives, by the look of it.
///
/// - Source: Synapse `syt_`; Matrix Authentication Service, `crates/data-model`: `mat_`, `mar_`, `mct_`, `mcr_`, `mpt_`.
package enum TokenKind: Sendable, Equatable {
    case synapse
    /// An OAuth 2.0 access token of the authentication service, dead after minutes.
    case shortLived
    /// A compatibility token: a password login or `mas-cli`.
    case compatibility
    case personal
    /// A refresh token, which is no access token at all.
    case refresh
    /// A text from a template or an example.
    case placeholder
    /// Blanks, line ends or letters that no token has.
    case malformed
    case unknown

    package init(_ token: Secret) {
        let text = token.reveal()
        let known: Set<String> = [
            "", "NONE_PROVIDED", "YOUR_TOKEN_HERE", "YOUR_ACCESS_TOKEN", "YOUR_ACCESS_TOKEN_HERE", "DEFAULT",
            "CHANGEME", "CHANGE_ME", "SECRET", "PASSWORD", "TOKEN", "ACCESS_TOKEN",
        ]
        func begins(_ prefix: String) -> Bool { text.utf8.starts(with: prefix.utf8) }
        if known.contains(text.uppercased()) || begins("<") {
            self = .placeholder
        } else if !text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            self = .malformed
        } else if begins("syt_") {
            self = .synapse
        } else if begins("mat_") {
            self = .shortLived
        } else if begins("mct_") {
            self = .compatibility
        } else if begins("mpt_") {
            self = .personal
        } else if begins("mcr_") || begins("mar_") || begins("syr_") {
            self = .refresh
        } else {
            self = .unknown
        }
    }

    /// As a phrase; a token that is renewed before it ends may be short-lived.
    package func name(isRenewable: Bool) -> String {
        isRenewable ? "one that ends by itself, and is renewed before" : name
    }

    package var name: String {
        switch self {
        case .synapse: "a token of Synapse (syt_), which does not expire by itself"
        case .shortLived: "an OAuth access token (mat_), which dies within minutes"
        case .compatibility: "a compatibility token (mct_), which lives until it is revoked"
        case .personal: "a personal access token (mpt_), which lives as long as whoever issued it chose"
        case .refresh: "a refresh token, which is not an access token"
        case .placeholder: "the placeholder of a template"
        case .malformed: "no token: it has a blank, a control or a letter that no token has"
        case .unknown: "a token of a kind that does not tell how long it lives"
        }
    }

    /// Why it must not be used, and what to do instead; nil where it may.
    package func objection(localpart: String) -> (cause: String, cure: [String])? {
        switch self {
        case .synapse, .compatibility, .personal, .unknown: nil
        case .shortLived:
            (
                "the access token is \(name): the bot would fall silent today, and there is no refresh token with it",
                [
                    "log in with the account's password (--password-file), which gives a token that lasts, or have a server"
                        + " administrator run"
                ] + ServiceCommands.standard.tokenLines(localpart: localpart, asAdmin: false)
                    + ["then give the token that it prints with --access-token-file"]
            )
        case .refresh:
            ("the access token is \(name)", ["give the access token that came with it, or the account's password"])
        case .placeholder:
            ("the access token is \(name)", ["put the real token into the file, alone in its first line"])
        case .malformed:
            ("the access token is \(name)", ["put the token alone into the first line of the file"])
        }
    }
}
