/// What a parameter wants to be given.
package enum ArgumentKind: Hashable, Sendable {
    /// Any word.
    case text
    case integer(ClosedRange<Int64>)
    case boolean
    /// A number with its unit: `90s`, `5m`, `1h30m`, `2d`.
    case duration
    /// One of these words, whatever the case.
    case choice([String])
    case user
    case userOrGlob
    case room
    case alias
    case event
    /// A server name that a person may have meant, or a glob of them.
    case server
    /// A user, a room or a server.
    case entity
    /// A policy list: a room, or the short name of a watched list.
    case list
    case userOrEvent
}

/// Why a word is not of the kind that was wanted.
package enum Unreadable: Error, Hashable, Sendable {
    case otherKind
    case outOfRange(ClosedRange<Int64>)
    case noSuchChoice(suggestions: [String])
    /// It begins like a user ID and lacks the server.
    case userWithoutServer
    case globNotAllowed
    /// The part behind the colon is no server name.
    case badServerName(String)
    /// A word that could be a server name, and is more likely a mistake.
    case implausibleServer
    /// A duration without its unit.
    case missingUnit
    case empty
}
