import MatrixCore
import Patterns

/// A deny entry on its way into an ACL, with the rules that ask for it.
struct Entry {
    /// As it will be written: a glob as it was, a name in lower case.
    let text: String
    /// Lower case and canonical: equal for equal entries.
    let pattern: String
    let isGlob: Bool
    private let width: (Int, Int, Int)
    var rules: [PolicyRule] = []

    init(_ entity: String) {
        if case .glob = PolicySubject(entity: entity) { isGlob = true } else { isGlob = false }
        text = isGlob ? entity : lowercasedASCII(entity)
        pattern = canonicalPattern(entity, foldsASCIICase: true)
        width = Self.width(of: pattern)
    }

    /// Whether a server is meant, its port and the entry's own left aside.
    func names(_ server: ServerName) -> Bool {
        let names = [server.host, server.rawValue]
        return [pattern, withoutPort].contains { entry in
            let glob = Glob(entry, foldsASCIICase: true)
            return names.contains { glob.matches($0) }
        }
    }

    /// A strict order in which whatever covers an entry comes before it.
    ///
    /// What covers another needs no more characters, and of those no more fixed ones, and has no fewer stars.
    func isWider(than other: Entry) -> Bool {
        width == other.width ? pattern.utf8.lexicographicallyPrecedes(other.pattern.utf8) : width < other.width
    }

    private static func width(of pattern: String) -> (Int, Int, Int) {
        let scalars = pattern.unicodeScalars
        let stars = scalars.count { $0 == "*" }
        let marks = scalars.count { $0 == "?" }
        return (scalars.count - stars, scalars.count - stars - marks, -stars)
    }

    private var withoutPort: String {
        let bytes = pattern.utf8
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")) else { return pattern }
        let port = bytes[bytes.index(after: colon)...]
        let isPort = !port.isEmpty && port.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return isPort ? String(pattern[..<colon]) : pattern
    }
}
