/// What is typed where Dendrite runs, for an account that setup cannot make.
///
/// - Source: Dendrite, `cmd/create-account`; its documentation, "Creating user accounts" and "Admin API".
package struct DendriteCommands: Sendable, Equatable {
    /// The path of `dendrite.yaml`, there.
    package let configuration: String
    /// Nil for the command's own, http://localhost:8008.
    package let baseURL: String?

    package init(configuration: String? = nil, baseURL: String?) {
        self.configuration = configuration ?? "dendrite.yaml"
        self.baseURL = baseURL
    }

    /// Without a password: the command asks for it, so that no history of a shell keeps it.
    package func createAccount(_ localpart: String, asAdmin: Bool) -> String {
        var words = ["create-account", "-config", shellWord(configuration)]
        if let baseURL { words += ["-url", shellWord(baseURL)] }
        words += ["-username", shellWord(localpart)]
        if asAdmin { words.append("-admin") }
        return words.joined(separator: " ")
    }

    /// What the command says where it fails, and what that means.
    package static let troubles: [(sign: String, meaning: String)] = [
        ("M_USER_IN_USE", "the account is there, so give its password"),
        ("username is invalid", "choose another --localpart, of small letters, digits and _-./="),
        ("password too weak", "8 characters at least"),
        ("Unable to read password", "run it in a terminal (docker exec -it)"),
        ("unable to get nonce", "Dendrite does not answer at -url"),
        ("Invalid config file", "correct -config"),
        ("bad mac", "-config is of another server than -url, or was changed since Dendrite was started"),
        ("Shared secret registration is not enabled", "set client_api.registration_shared_secret and restart Dendrite"),
    ]

    /// The command, and what comes behind it.
    package func accountLines(_ localpart: String, asAdmin: Bool) -> [String] {
        [
            "or run where Dendrite runs, while it runs (in Docker behind “docker exec -it CONTAINER”); it asks for a password of 8"
                + " characters at least, and needs a registration_shared_secret in its configuration:",
            "    " + createAccount(localpart, asAdmin: asAdmin),
            "where it fails: " + Self.troubles.map { "“\($0.sign)”: \($0.meaning)" }.joined(separator: "; "),
            "then write that password into a file and run the same again with --localpart \(localpart) --password-file FILE;"
                + " or, with --access-token-file FILE, the token that it prints on its error output (AccessToken: …)",
        ]
    }

    /// Dendrite has no call that does this.
    package static func makeAdmin(_ localpart: String) -> String {
        "    UPDATE userapi_accounts SET account_type = 3 WHERE localpart = '\(localpart)';"
    }

    package static func takeAdminRights(_ localpart: String) -> String {
        "    UPDATE userapi_accounts SET account_type = 1 WHERE localpart = '\(localpart)';"
    }
}
