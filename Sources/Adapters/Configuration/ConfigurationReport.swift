package import Moderation

import Observability
import YAML

/// What became of a configuration: the settings, or why there are none, and all there is to say about it.
package struct ConfigurationReport: Sendable {
    /// A key whose value is not the default.
    package struct Choice: Sendable, Equatable {
        package let keyPath: String
        /// As text; `<redacted>` for a secret.
        package let value: String
    }

    /// How many findings of one weight the text shows; a file of another kind could bring thousands.
    private static let longestList = 50

    package let file: String
    /// Nil where there are problems.
    package let settings: BotSettings?
    /// What could be read, also where there are problems.
    package let partial: BotSettings
    /// Whether there is a document; else `partial` is nothing but defaults.
    package let isRead: Bool
    /// Why the start is refused; each weight is in the order of the text.
    package let problems: [Finding]
    /// What works otherwise than the file suggests.
    package let warnings: [Finding]
    package let notes: [Finding]
    /// In the order of the table of keys; where there are problems, what could be read.
    package let choices: [Choice]

    init(findings: Findings, settings: BotSettings, isRead: Bool = true) {
        file = findings.file
        problems = inOrder(findings.problems)
        warnings = inOrder(findings.warnings)
        notes = inOrder(findings.notes)
        partial = settings
        self.isRead = isRead
        self.settings = problems.isEmpty ? settings : nil
        let defaults = BotSettings()
        choices = ConfigurationKey.all.compactMap { key in
            let value = key.show(settings)
            return value == key.show(defaults) ? nil : Choice(keyPath: key.path, value: value)
        }
    }

    /// All of it for a terminal, without secrets.
    package var text: String {
        var lines = [summary]
        for (title, findings) in [("Problems", problems), ("Warnings", warnings), ("Notes", notes)]
        where !findings.isEmpty {
            lines += ["", "\(title):"] + findings.prefix(Self.longestList).map { "  \($0)" }
            let rest = findings.count - Self.longestList
            if rest > 0 { lines.append("  … and \(rest) more") }
        }
        if !choices.isEmpty {
            lines += ["", "Settings that are not the default:"] + choices.map { "  \($0.keyPath): \($0.value)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var summary: String {
        func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
        let verdict = problems.isEmpty ? "can be used" : "cannot be used"
        let counts =
            "\(count(problems.count, "problem")), \(count(warnings.count, "warning")), \(count(notes.count, "note"))"
        return "\(printable(file)) \(verdict): \(counts)."
    }
}

/// By place; what is about a whole file, or another file, comes first.
private func inOrder(_ findings: [Finding]) -> [Finding] {
    findings.enumerated()
        .sorted { left, right in
            let (first, second) = (left.element.position, right.element.position)
            return (first?.line ?? 0, first?.column ?? 0, left.offset) < (
                second?.line ?? 0, second?.column ?? 0, right.offset
            )
        }
        .map(\.element)
}
