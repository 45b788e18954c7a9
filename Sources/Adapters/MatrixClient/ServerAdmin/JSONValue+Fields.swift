import JSON
import MatrixCore
import Setup

extension JSONValue {
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }

    func identifier<Identifier: MatrixIdentifier>(_ name: String, _: Identifier.Type) -> Identifier? {
        self[name]?.string.flatMap { try? Identifier(parsing: $0) }
    }
}
