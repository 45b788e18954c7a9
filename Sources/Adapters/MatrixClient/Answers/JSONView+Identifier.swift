import JSON
import MatrixCore

extension JSONView {
    /// The identifier, or nil where this is none.
    func identifier<Identifier: MatrixIdentifier>(_: Identifier.Type) -> Identifier? {
        string.flatMap { try? Identifier(parsing: $0) }
    }
}
