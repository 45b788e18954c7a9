import MatrixCore
import Setup
import YAML

/// Finds the place in `dendrite.yaml` where an account is exempted from rate limits, by where its YAML nodes stand.
///
/// - Source: Dendrite, `setup/config/config_clientapi.go`, `RateLimiting`.
struct DendriteExemption {
    private let text: String
    private let user: String
    private let lines: [String]
    private let isLastEnded: Bool

    init(text: String, user: UserID) {
        self.text = text
        self.user = user.rawValue
        (lines, isLastEnded) = TextEdit.lines(of: text)
    }

    private static let path = ["client_api", "rate_limiting", "exempt_user_ids"]

    private enum Objection: Error { case unclear(String) }

    var limits: DendriteLimits {
        guard let document = Self.document(of: text) else { return .unclear("it is no YAML mapping") }
        // A merged or repeated key may hold the list that a new key would put out of force.
        if let fault = document.faults.first {
            return .unclear("line \(fault.position.line): \(fault.reason.text)")
        }
        let root = document.root
        // YAML ends lines at these too, so that its numbers of lines would not be ours.
        guard !text.unicodeScalars.contains(where: { [0x85, 0x2028, 0x2029].contains($0.value) }), !hasBareReturn else {
            return .unclear("its lines end in several ways")
        }
        let limiting = root.member("client_api")?.member("rate_limiting")
        if case .bool(false)? = limiting?.member("enabled")?.value { return .off }
        if Self.exempted(in: root).contains(where: { equalByBytes($0, user) }) { return .exempt }
        do throws(Objection) {
            let edit = try edit(root)
            guard isSafe(edit, root) else { return .unclear("it is written in a way that I cannot change by one line") }
            return .lifted(by: edit)
        } catch {
            switch error {
            case .unclear(let why): return .unclear(why)
            }
        }
    }

    private static func document(of text: String) -> YAMLDocument? {
        guard let document = try? parseYAML(Array(text.utf8), file: ""), case .mapping = document.root.value else {
            return nil
        }
        return document
    }

    private static func exempted(in root: Node) -> [String] {
        let list = path.reduce(Optional(root)) { $0?.member($1) }
        guard case .sequence(let items)? = list?.value else { return [] }
        return items.compactMap { if case .string(let text) = $0.value { text } else { nil } }
    }

    /// Whether the edited text says what this one says, and that the account is exempt.
    private func isSafe(_ edit: TextEdit, _ root: Node) -> Bool {
        let end = edit.line + edit.removed
        guard end < lines.count || isLastEnded && end == lines.count, showsOnlyLimits(edit),
            let edited = Self.document(of: edit.applied(to: text))?.root
        else { return false }
        let before = Self.exempted(in: root)
        let after = Self.exempted(in: edited)
        guard after.count == before.count + 1, after.contains(where: { equalByBytes($0, user) }) else { return false }
        return edited.isSame(as: root, butFor: Self.path[...])
    }

    /// A carriage return that ends a line by itself.
    private var hasBareReturn: Bool {
        lines.contains { line in line.utf8.dropLast(line.utf8.last == 0x0D ? 1 : 0).contains(0x0D) }
    }

    /// What is taken out and put in is shown: it may hold nothing but the limits.
    private func showsOnlyLimits(_ edit: TextEdit) -> Bool {
        lines[edit.line..<edit.line + edit.removed].allSatisfy { line in
            let words = line.trimmingPrefix { $0 == " " }
            return ["rate_limiting:", "exempt_user_ids:", "[", "- "].contains { words.hasPrefix($0) }
        }
    }

    // MARK: The edit

    private func edit(_ root: Node) throws(Objection) -> TextEdit {
        var parent = root
        for (depth, name) in Self.path.enumerated() {
            guard case .mapping(let entries) = parent.value else {
                throw .unclear("\(Self.path[..<depth].joined(separator: ".")) is no mapping")
            }
            let rest = Self.path[depth...]
            guard let entry = entries.last(where: { $0.key == name }) else {
                return try added(rest, to: parent, entries)
            }
            if case .null = entry.value.value { return try filled(entry, rest.dropFirst()) }
            parent = entry.value
        }
        guard case .sequence(let items) = parent.value else { throw .unclear("exempt_user_ids is no list") }
        return try lengthened(parent, items)
    }

    /// The keys, each below the one before, and the account.
    private func block(_ names: ArraySlice<String>, indent: Int, like line: Int) -> [String] {
        let end = lines.indices.contains(line) && lines[line].utf8.last == 0x0D ? "\r" : ""
        let keys = names.enumerated().map { blanks(indent + 2 * $0.offset) + $0.element + ":" + end }
        return keys + [blanks(indent + 2 * names.count) + "- " + quotedScalar(user) + end]
    }

    private func added(
        _ names: ArraySlice<String>,
        to parent: Node,
        _ entries: [Node.Entry]
    ) throws(Objection) -> TextEdit {
        let line = parent.position.line - 1
        if character(at: parent.position) == "{" {
            // Of the two that can be written so, only this one holds no secrets, which the change would show.
            guard names.count == 1 else { throw .unclear("it is written in braces") }
            let addition = "exempt_user_ids: [\(quotedScalar(user))]" + (entries.isEmpty ? "" : ", ")
            return TextEdit(line: line, removed: 1, inserted: [inserting(addition, behind: parent.position)])
        }
        guard let first = entries.first else { throw .unclear("it is empty") }
        let indent = first.keyPosition.column - 1
        guard names.count < Self.path.count else {
            return TextEdit(line: lines.count, inserted: block(names, indent: indent, like: lines.count - 1))
        }
        let place = first.keyPosition.line - 1
        return TextEdit(line: place, inserted: block(names, indent: indent, like: place))
    }

    /// Below a key that stands there without a value.
    private func filled(_ entry: Node.Entry, _ names: ArraySlice<String>) throws(Objection) -> TextEdit {
        let line = entry.keyPosition.line - 1
        let indent = entry.keyPosition.column - 1
        guard lines[line].unicodeScalars.prefix(indent).allSatisfy({ $0 == " " }),
            !lines[line].utf8.contains(UInt8(ascii: "{"))
        else {
            throw .unclear("\(entry.key) is written in braces")
        }
        return TextEdit(line: line + 1, inserted: block(names, indent: indent + 2, like: line))
    }

    private func lengthened(_ list: Node, _ items: [Node]) throws(Objection) -> TextEdit {
        let line = list.position.line - 1
        if character(at: list.position) == "[" {
            let addition = quotedScalar(user) + (items.isEmpty ? "" : ", ")
            return TextEdit(line: line, removed: 1, inserted: [inserting(addition, behind: list.position)])
        }
        guard let last = items.last, character(at: list.position) == "-" else {
            throw .unclear("its list is not plain")
        }
        let place = last.position.line
        return TextEdit(line: place, inserted: block([], indent: list.position.column - 1, like: place - 1))
    }

    private func character(at position: Position) -> Unicode.Scalar? {
        guard lines.indices.contains(position.line - 1) else { return nil }
        return lines[position.line - 1].unicodeScalars.dropFirst(position.column - 1).first
    }

    private func inserting(_ addition: String, behind position: Position) -> String {
        let scalars = lines[position.line - 1].unicodeScalars
        let head = String(String.UnicodeScalarView(scalars.prefix(position.column)))
        return head + addition + String(String.UnicodeScalarView(scalars.dropFirst(position.column)))
    }
}

private func blanks(_ count: Int) -> String { String(repeating: " ", count: count) }
