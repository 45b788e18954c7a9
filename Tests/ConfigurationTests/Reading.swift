import Configuration
import Moderation

/// What every configuration must say, so that a test can say the rest.
let essentials = """
    accessToken: syt_essential
    managementRoom: "#mods:example.org"

    """

func report(_ text: String, secrets: SecretFiles = SecretFiles()) -> ConfigurationReport {
    Configuration.read(Array(text.utf8), file: "bot.yaml", secrets: secrets, workingDirectory: "/srv/bot")
}

extension ConfigurationReport {
    var problemTexts: [String] { problems.map(\.description) }
    var warningTexts: [String] { warnings.map(\.description) }
    var noteTexts: [String] { notes.map(\.description) }
}

/// `a.b.c` and a value as the lines of a document.
func nested(_ keyPath: String, _ value: String) -> String {
    let names = keyPath.split(separator: ".")
    return names.indices
        .map {
            String(repeating: "  ", count: $0) + names[$0] + ":" + ($0 == names.endIndex - 1 ? " \(value)\n" : "\n")
        }
        .joined()
}
