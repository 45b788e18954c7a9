import Observability
import Setup
import YAML

/// How one kind of value is read from YAML and shown to people.
struct ValueType<Value: Sendable>: Sendable {
    /// As it stands behind “expected”.
    let name: String
    /// Nil where something is wrong with it, which then stands in the findings.
    let read: @Sendable (Node, inout Findings) -> Value?
    let show: @Sendable (Value) -> String

    init(
        _ name: String,
        show: @escaping @Sendable (Value) -> String,
        read: @escaping @Sendable (Node, inout Findings) -> Value?
    ) {
        self.name = name
        self.show = show
        self.read = read
    }

    /// A type whose values each are right or wrong as a whole.
    init(
        _ name: String,
        show: @escaping @Sendable (Value) -> String,
        remedy: @escaping @Sendable (Node.Value) -> String? = { _ in nil },
        parse: @escaping @Sendable (Node.Value) -> Value?
    ) {
        self.init(name, show: show) { node, findings in
            if let value = parse(node.value) { return value }
            findings.problem(
                node.path,
                node.position,
                "expected \(name), found \(described(node.value, isSecret: SecretKey.isMeant(by: node.path)))",
                remedy(node.value)
            )
            return nil
        }
    }

    func map<Other>(
        _ transform: @escaping @Sendable (Value) -> Other,
        back: @escaping @Sendable (Other) -> Value
    ) -> ValueType<Other> {
        ValueType<Other>(
            name,
            show: { show(back($0)) },
            read: { node, findings in read(node, &findings).map(transform) }
        )
    }
}

/// A value as it stands behind “found”, cut short; of a secret, or what looks like one, only its kind.
func described(_ value: Node.Value, isSecret: Bool = false) -> String {
    switch value {
    case .null: "nothing"
    case .bool(let flag): isSecret ? "true or false" : "\(flag)"
    case .integer(let number): isSecret ? "a number" : "the number \(number)"
    case .double(let number): isSecret ? "a number" : "the number \(number)"
    case .string(""): "an empty text"
    case .string(let text): isSecret || looksSecret(text) ? "a text" : "the text \(quoted(text))"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
}

func quoted(_ text: String) -> String { "“\(printable(text, limit: 80))”" }

/// Access tokens of Synapse and of the authentication service, macaroons, and URLs with a password in them.
func looksSecret(_ text: String) -> Bool {
    (TokenKind.byPrefix.map(\.prefix) + ["mas_", "MDAx"]).contains { text.utf8.starts(with: $0.utf8) }
        || hasUserInfo(text)
}

/// Whether an `@` stands before the path of what looks like a URL.
func hasUserInfo(_ text: String) -> Bool {
    guard let slashes = text.firstRange(of: "://") else { return false }
    return text[slashes.upperBound...].utf8.prefix { !"/?#".utf8.contains($0) }.contains(UInt8(ascii: "@"))
}
