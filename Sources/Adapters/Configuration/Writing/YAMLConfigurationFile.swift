package import MatrixCore
import Observability
package import Setup
import YAML

/// Draupnir's YAML, as setup writes and reads it, and what it reads of other programs' YAML.
package struct YAMLConfigurationFile: ConfigurationFile {
    package init() {}

    package func text(_ choices: ConfigurationChoices) -> String { ConfigurationText(choices: choices).text }

    package func read(_ path: String, accessTokenFile: String?) -> ReadConfiguration {
        let report = Configuration.load(path: path, secrets: SecretFiles(accessToken: accessTokenFile))
        return ReadConfiguration(
            settings: report.settings,
            partial: report.partial,
            isRead: report.isRead,
            problems: report.problems.map(\.description),
            warnings: report.warnings.map(\.description)
        )
    }

    package func sharedSecret(inHomeserverConfiguration text: String) -> SharedSecretPlace {
        guard let root = root(of: text) else { return .unreadable("it is no YAML") }
        // Dendrite keeps it below `client_api`.
        for section in [root, root.member("client_api")].compactMap(\.self) {
            if let secret = section.member("registration_shared_secret")?.text, !secret.isEmpty {
                return .inText(secret)
            }
            if let path = section.member("registration_shared_secret_path")?.text, !path.isEmpty {
                return .inFile(path)
            }
        }
        return .none
    }

    package func limits(of user: UserID, inDendriteConfiguration text: String) -> DendriteLimits {
        DendriteExemption(text: text, user: user).limits
    }

    package func serverName(inHomeserverConfiguration text: String) -> String? {
        let root = root(of: text)
        // Dendrite keeps it below `global`.
        return root?.member("server_name")?.text ?? root?.member("global")?.member("server_name")?.text
    }

    package func appservice(_ text: String) -> AppserviceRegistration? {
        guard let root = root(of: text), let token = root.member("as_token")?.text, !token.isEmpty,
            let sender = root.member("sender_localpart")?.text, !sender.isEmpty
        else { return nil }
        var isLimited = true
        if case .bool(false)? = root.member("rate_limited")?.value { isLimited = false }
        return AppserviceRegistration(token: Secret(token), senderLocalpart: sender, isRateLimited: isLimited)
    }

    private func root(of text: String) -> Node? {
        guard let document = try? parseYAML(Array(text.utf8), file: "") else { return nil }
        guard case .mapping = document.root.value else { return nil }
        return document.root
    }
}

extension Node {
    /// The value behind a key; nil where this is no mapping or has no such key.
    func member(_ name: String) -> Node? {
        guard case .mapping(let entries) = value else { return nil }
        return entries.last { $0.key == name }?.value
    }

    /// Scalars as they were meant: an unquoted secret of digits is a text too.
    var text: String? {
        switch value {
        case .string(let text): text
        case .integer(let number): "\(number)"
        case .bool(let flag): "\(flag)"
        case .null, .double, .sequence, .mapping: nil
        }
    }
}
