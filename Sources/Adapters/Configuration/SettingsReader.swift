import CommandGrammar
import Moderation
import YAML

/// Walks a document by the table of keys, and fills settings and findings.
struct SettingsReader {
    private static let keys = Dictionary(
        ConfigurationKey.all.map { ($0.path, $0) },
        uniquingKeysWith: { first, _ in first }
    )
    /// Every beginning of a key's path, such as `health` and `health.healthz`, with the paths one step below it.
    private static let sections = sectionTable()
    private static let everywhere = sections.values.joined().sorted()

    private(set) var settings = BotSettings()
    var findings: Findings
    /// Where each key was set to something.
    private(set) var places: [String: Position] = [:]
    /// Where keys stand with nothing behind them.
    private(set) var unsetPlaces: [String: Position] = [:]

    init(file: String) { findings = Findings(file: file) }

    mutating func read(_ root: Node) { readSection(root, path: "") }

    private mutating func readSection(_ node: Node, path: String) {
        switch node.value {
        case .null: return
        case .mapping(let entries): for entry in entries { read(entry, below: path) }
        case .bool, .integer, .double, .string, .sequence:
            let keys = Self.sections[path, default: []].map { lastName(of: $0) }.joined(separator: ", ")
            let expected = path.isEmpty ? "a mapping of keys to values" : "a mapping with the keys \(keys)"
            let found = described(node.value, isSecret: true)  // a whole section may have become one text
            findings.problem(path, node.position, "expected \(expected), found \(found)")
        }
    }

    private mutating func read(_ entry: Node.Entry, below section: String) {
        let path = section.isEmpty ? entry.key : "\(section).\(entry.key)"
        let isOneName = !entry.key.utf8.contains(UInt8(ascii: "."))
        if isOneName, let key = Self.keys[path] {
            guard !isNull(entry.value) else {
                unsetPlaces[path] = entry.keyPosition
                return
            }
            places[path] = entry.value.position
            key.read(entry.value, &settings, &findings)
            if case .withoutEffect(let instead) = key.status {
                findings.note(path, entry.keyPosition, "this key does nothing: \(instead)")
            }
        } else if isOneName, Self.sections[path] != nil {
            readSection(entry.value, path: path)
        } else if let former = FormerKey.all[path] {
            findings.warning(path, entry.keyPosition, "this key of \(former.program) does nothing", former.advice)
        } else if path == "configMeta" {
            findings.note(path, entry.keyPosition, "the original writes this for itself; it is not read")
        } else {
            findings.warning(path, entry.keyPosition, "unknown key, ignored", suggestion(for: path, in: section))
        }
    }

    private func suggestion(for path: String, in section: String) -> String? {
        if Self.keys[path] != nil || Self.sections[path] != nil { return "write one key per level, without the dots" }
        let name = lastName(of: path).lowercased()
        let siblings = Self.sections[section, default: []]
        for candidates in [siblings, Self.everywhere] {
            let sameName = candidates.filter { lastName(of: $0).lowercased() == name }
            if !sameName.isEmpty { return "did you mean \(sameName.joined(separator: " or "))?" }
        }
        let sibling = closest(to: name, among: siblings.map { lastName(of: $0) }).first
            .map { section.isEmpty ? $0 : "\(section).\($0)" }
        return (sibling ?? closest(to: path, among: Self.everywhere).first).map { "did you mean \($0)?" }
    }

    private func isNull(_ node: Node) -> Bool {
        if case .null = node.value { true } else { false }
    }

    private static func sectionTable() -> [String: [String]] {
        var table: [String: [String]] = [:]
        for key in ConfigurationKey.all {
            var path = key.path
            while true {
                let parent = path.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(path[..<$0]) } ?? ""
                if !table[parent, default: []].contains(path) { table[parent, default: []].append(path) }
                guard !parent.isEmpty else { break }
                path = parent
            }
        }
        return table
    }
}

private func lastName(of path: String) -> String {
    path.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).last
        .map { String(Substring($0)) } ?? ""
}
