/// Files that each hold one secret in their first line, which then counts instead of the one in the configuration.
package struct SecretFiles: Sendable, Equatable {
    package var accessToken: String?
    package var pantalaimonPassword: String?
    package var antispamAuthorization: String?

    package init(
        accessToken: String? = nil,
        pantalaimonPassword: String? = nil,
        antispamAuthorization: String? = nil
    ) {
        self.accessToken = accessToken
        self.pantalaimonPassword = pantalaimonPassword
        self.antispamAuthorization = antispamAuthorization
    }

    /// The key that each file stands for.
    var paths: [(keyPath: String, file: String)] {
        [
            (SecretKey.accessToken, accessToken), (SecretKey.pantalaimonPassword, pantalaimonPassword),
            (SecretKey.antispamAuthorization, antispamAuthorization),
        ].compactMap { key, file in file.map { (key, $0) } }
    }
}

/// Keys whose values are never shown.
enum SecretKey {
    static let accessToken = "accessToken"
    static let pantalaimonPassword = "pantalaimon.password"
    static let antispamAuthorization = "web.synapseHTTPAntispam.authorization"
    static let sentryDSN = "health.sentry.dsn"

    /// Names of keys, wherever they stand, that may hold a secret, also where they are misplaced or of another program.
    static func isMeant(by keyPath: String) -> Bool {
        let name =
            keyPath.utf8.split(separator: UInt8(ascii: ".")).last.map { String(Substring($0)).lowercased() } ?? ""
        return ["token", "password", "passwd", "secret", "authorization", "dsn"].contains { name.hasSuffix($0) }
    }
}
