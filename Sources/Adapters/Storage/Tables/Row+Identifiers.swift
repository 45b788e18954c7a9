import MatrixCore
import SQLite

extension Row {
    func identifier<ID: MatrixIdentifier>(_ index: Int, as type: ID.Type = ID.self) throws -> ID {
        try ID(parsing: value(index))
    }

    func identifierIfPresent<ID: MatrixIdentifier>(_ index: Int, as type: ID.Type = ID.self) throws -> ID? {
        isNull(at: index) ? nil : try identifier(index)
    }

    /// The column as words for a person, whatever is in it.
    func key(_ index: Int) -> String {
        if let text = try? value(index, as: String.self) { return text }
        if let number = try? value(index, as: Int64.self) { return "\(number)" }
        return "?"
    }
}
