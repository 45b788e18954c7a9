package import MatrixCore

/// A pattern over user IDs or server names, in which `*` stands for any text and `?` for one character.
package struct EntityGlob: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    init(unchecked text: String) { self.text = text }

    package static func == (left: Self, right: Self) -> Bool { equalByBytes(left.text, right.text) }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
    package var description: String { text }
}

/// A user, or all users whose ID a pattern matches.
package enum UserPattern: Hashable, Sendable, CustomStringConvertible {
    case user(UserID)
    case glob(EntityGlob)

    package var description: String {
        switch self {
        case .user(let user): user.rawValue
        case .glob(let glob): glob.text
        }
    }
}

/// A server, or all servers whose name a pattern matches.
package enum ServerPattern: Hashable, Sendable, CustomStringConvertible {
    case server(ServerName)
    case glob(EntityGlob)

    package var description: String {
        switch self {
        case .server(let server): server.rawValue
        case .glob(let glob): glob.text
        }
    }
}
