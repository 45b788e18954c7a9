package import YAML

import Observability

/// Something to say about one place of a configuration; it never holds a secret.
package struct Finding: Sendable, Equatable, CustomStringConvertible {
    package let file: String
    /// Nil where the whole file is meant, as with a key that is missing.
    package let position: Position?
    /// The keys from the root, as in `web.port`; empty where the whole file is meant.
    ///
    /// Cut where a value may have become part of a key, as in `{accessToken:syt_…}`.
    package let keyPath: String
    /// What was expected and what was found.
    package let message: String
    /// What to do about it, where that is not plain.
    package let remedy: String?

    package var description: String {
        var place = printable(file)
        if let position { place += ":\(position.line):\(position.column)" }
        if !keyPath.isEmpty { place += ": \(printable(keyPath, limit: 100))" }
        return remedy.map { "\(place): \(message); \($0)" } ?? "\(place): \(message)"
    }
}

/// What is found while a file is read, by weight.
struct Findings: Sendable {
    let file: String
    private(set) var problems: [Finding] = []
    private(set) var warnings: [Finding] = []
    private(set) var notes: [Finding] = []

    init(file: String) { self.file = file }

    /// The start is refused for it.
    mutating func problem(_ keyPath: String, _ position: Position?, _ message: String, _ remedy: String? = nil) {
        problems.append(finding(keyPath, position, message, remedy))
    }

    mutating func warning(_ keyPath: String, _ position: Position?, _ message: String, _ remedy: String? = nil) {
        warnings.append(finding(keyPath, position, message, remedy))
    }

    mutating func note(_ keyPath: String, _ position: Position?, _ message: String, _ remedy: String? = nil) {
        notes.append(finding(keyPath, position, message, remedy))
    }

    /// Takes in what was found in another file.
    mutating func add(_ other: Findings) {
        problems += other.problems
        warnings += other.warnings
        notes += other.notes
    }

    private func finding(_ keyPath: String, _ position: Position?, _ message: String, _ remedy: String?) -> Finding {
        Finding(file: file, position: position, keyPath: shownKey(keyPath), message: message, remedy: remedy)
    }
}

/// A key, or the keys from the root, up to what no key of ours has and a value may have brought in.
func shownKey(_ keyPath: String) -> String {
    let scalars = keyPath.unicodeScalars
    let end = scalars.firstIndex { ":=".unicodeScalars.contains($0) || $0.properties.isWhitespace } ?? scalars.endIndex
    let shown = String(scalars[..<end]) + (end == scalars.endIndex ? "" : "…")
    return looksSecret(shown) ? "…" : shown
}
