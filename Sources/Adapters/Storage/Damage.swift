/// Stored rows that could not be read and were left out, counted, with some of them named.
///
/// They stay in the database as they are: a newer release, or a person, may still make something of them.
package struct Damage: Sendable, Equatable {
    package struct Row: Sendable, Equatable {
        package let table: String
        /// What the table finds the row by, for a person.
        package let key: String
        package let reason: String
    }

    package static let maximumExamples = 20
    package private(set) var count = 0
    package private(set) var examples: [Row] = []

    mutating func note(_ table: String, _ key: String, _ error: any Error) {
        count += 1
        guard examples.count < Self.maximumExamples else { return }
        examples.append(Row(table: table, key: key, reason: "\(error)"))
    }
}

/// Why a row is not what it should be, where its columns are of the right type.
enum UnreadableRow: Error, Equatable {
    case unknownVerb(String)
    case unknownCause(String)
    case unknownStatus(String)
    case unknownLane(Int)
    case missing(String)
}
