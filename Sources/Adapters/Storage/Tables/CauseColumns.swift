import MatrixCore
import Protections
import SQLite

/// A cause as the columns of a journal row.
struct CauseColumns {
    let kind: String
    var event: String?
    var list: String?
    var sender: String?
    /// A protection's name, or what the upkeep is.
    var text: String?

    init(_ cause: Cause) {
        switch cause {
        case .policy(let event, let list, let sender):
            kind = "policy"
            (self.event, self.list, self.sender) = (event.rawValue, list.rawValue, sender.rawValue)
        case .command(let event, let sender):
            kind = "command"
            (self.event, self.sender) = (event.rawValue, sender.rawValue)
        case .protection(let name, let event):
            kind = "protection"
            (text, self.event) = (name, event?.rawValue)
        case .upkeep(let words):
            kind = "upkeep"
            text = words
        }
    }

    /// Reads the five columns from `first` on.
    static func cause(in row: Row, from first: Int) throws -> Cause {
        func event() throws -> EventID { try row.identifier(first + 1) }
        func sender() throws -> UserID { try row.identifier(first + 3) }
        func text() throws -> String { try row.value(first + 4) }
        return switch try row.value(first, as: String.self) {
        case "policy": .policy(event: try event(), list: try row.identifier(first + 2), sender: try sender())
        case "command": .command(event: try event(), sender: try sender())
        case "protection": .protection(name: try text(), event: try row.identifierIfPresent(first + 1))
        case "upkeep": .upkeep(try text())
        case let kind: throw UnreadableRow.unknownCause(kind)
        }
    }
}
