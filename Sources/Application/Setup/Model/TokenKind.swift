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

    package static let byPrefix: [(prefix: String, kind: TokenKind)] = [
        ("syt_", .synapse), ("mat_", .shortLived), ("mct_", .compatibility), ("mpt_", .personal), ("mcr_", .refresh),
        ("mar_", .refresh), ("syr_", .refresh),
    ]

    package init(_ token: Secret) {
        let text = token.reveal().utf8
        if token.isPlaceholder {
            self = .placeholder
        } else if !token.isVisibleASCII {
            self = .malformed
        } else {
            self = Self.byPrefix.first { text.starts(with: $0.prefix.utf8) }?.kind ?? .unknown
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
    package func objection(
        localpart: String,
        by commands: ServiceCommands = .standard
    ) -> (cause: String, cure: [String])? {
        switch self {
        case .synapse, .compatibility, .personal, .unknown: nil
        case .shortLived:
            (
                "the access token is \(name): the bot would fall silent today, and there is no refresh token with it",
                [
                    "log in with the account's password (--password-file), which gives a token that lasts, or have a server"
                        + " administrator run"
                ] + commands.tokenLines(localpart: localpart, asAdmin: false)
                    + [ServiceCommands.thenGiveToken]
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

extension Secret {
    /// Whether it stands in templates and examples, where everybody can read it.
    package var isPlaceholder: Bool {
        let known: Set<String> = [
            "", "NONE_PROVIDED", "YOUR_TOKEN_HERE", "YOUR_ACCESS_TOKEN", "YOUR_ACCESS_TOKEN_HERE", "DEFAULT",
            "CHANGEME", "CHANGE_ME", "SECRET", "PASSWORD", "TOKEN", "ACCESS_TOKEN",
        ]
        let text = reveal()
        return known.contains(text.uppercased()) || text.hasPrefix("<") && text.hasSuffix(">")
    }

    /// Whether it can travel in a header: visible ASCII and nothing else.
    package var isVisibleASCII: Bool { reveal().utf8.allSatisfy { (0x21...0x7E).contains($0) } }
}
