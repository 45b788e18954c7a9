import Observability
import Setup

/// The text of a new configuration: what was chosen, and every other key at its default, as a comment.
struct ConfigurationText {
    let choices: ConfigurationChoices

    var text: String {
        var lines = heading
        for key in ConfigurationKey.all {
            guard let value = chosen[key.path] else { continue }
            lines += ["", "# \(key.summary)"]
            if key.path == "managementRoom", let manager = choices.manager {
                lines.append("# It was made for \(printable(manager, limit: 255)); whoever is in it commands the bot.")
            }
            lines.append("\(key.path): \(quotedScalar(value))")
        }
        lines += [
            "", "", "# From here on every key stands at its default. To change one, take the # before it and",
            "# before its sections away.",
        ]
        lines += defaults
        return lines.joined(separator: "\n") + "\n"
    }

    private var heading: [String] {
        [
            "# Draupnir's configuration for \(printable(choices.user, limit: 255)), written by “draupnir setup”.",
            "# Draupnir reads it as well. The access token is in a file of its own, so start the bot with",
            "#     draupnir bot --draupnir-config THIS_FILE --access-token-path \(printable(choices.accessTokenFile))",
            "# and see whether all is well with",
            "#     draupnir doctor --draupnir-config THIS_FILE",
        ]
    }

    private var chosen: [String: String] {
        [
            "homeserverUrl": choices.homeserverURL, "rawHomeserverUrl": choices.homeserverURL,
            "dataPath": choices.dataPath, "managementRoom": choices.managementRoom,
        ]
    }

    /// Secrets and keys that do nothing, or ask for what is not there, are left out.
    private var defaults: [String] {
        var lines: [String] = []
        var open: [Substring] = []
        for key in ConfigurationKey.all where chosen[key.path] == nil && isWorthWriting(key) {
            let parts = key.path.split(separator: ".")
            let sections = Array(parts.dropLast())
            let shared = zip(open, sections).prefix { $0 == $1 }.count
            if sections.isEmpty || shared < open.count || shared < sections.count { lines.append("") }
            for depth in shared..<sections.count { lines.append("#\(indent(depth))\(sections[depth]):") }
            open = sections
            lines.append("\(indent(sections.count))# \(key.summary)")
            lines.append("#\(indent(sections.count))\(parts.last ?? ""):\(value(key))")
        }
        return lines
    }

    private func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }

    private func value(_ key: ConfigurationKey) -> String {
        let text = key.defaultText
        guard text != "unset" else { return "" }
        var plain = " "
        for scalar in text.unicodeScalars {
            if scalar == "“" || scalar == "”" { plain += "\"" } else { plain.unicodeScalars.append(scalar) }
        }
        return plain
    }

    private func isWorthWriting(_ key: ConfigurationKey) -> Bool {
        guard case .used = key.status, !SecretKey.isMeant(by: key.path) else { return false }
        return !key.path.hasPrefix("pantalaimon.") && !key.path.hasPrefix("health.sentry.")
            && key.path != "initialManager"
    }
}
