extension ArgumentKind {
    /// What help writes in place of a value.
    package var placeholder: String {
        switch self {
        case .text: "TEXT"
        case .integer: "NUMBER"
        case .boolean: "true|false"
        case .duration: "TIME"
        case .choice(let words): words.joined(separator: "|")
        case .user, .userOrGlob: "USER"
        case .room: "ROOM"
        case .alias: "ALIAS"
        case .event: "EVENT"
        case .server: "SERVER"
        case .entity: "ENTITY"
        case .list: "LIST"
        case .userOrEvent: "USER|EVENT"
        }
    }

    /// What is wanted, as the object of "expected".
    package var expectation: String {
        switch self {
        case .text: "a word, or text in quotes"
        case .integer(let range) where range == .min ... .max: "a whole number"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .boolean: "true or false"
        case .duration: "a time such as 90s, 5m or 2d"
        case .choice(let words): words.count == 1 ? words[0] : "one of \(words.joined(separator: ", "))"
        case .user: "a user ID such as @alice:example.org"
        case .userOrGlob: "a user ID such as @alice:example.org, or a glob such as @spam*:*"
        case .room: "a room: its ID, an alias such as #room:example.org, or a link"
        case .alias: "a room alias such as #room:example.org"
        case .event: "a link to a message"
        case .server: "a server name such as example.org, or a glob such as *.example.org"
        case .entity: "a user (@alice:example.org), a room (#room:example.org) or a server (example.org)"
        case .list: "a policy list: its short name, or its room"
        case .userOrEvent: "a user ID such as @alice:example.org, or a link to a message"
        }
    }
}

extension Unreadable {
    /// What is wrong with the word, as a sentence; `kind` is what was wanted.
    func sentence(about word: String, wanting kind: ArgumentKind) -> String {
        switch self {
        case .otherKind: "“\(word)” is not \(kind.expectation)."
        case .outOfRange(let range): "\(word) is not between \(range.lowerBound) and \(range.upperBound)."
        case .noSuchChoice: "“\(word)” is not \(kind.expectation)."
        case .userWithoutServer: "“\(word)” looks like a user ID, but the server is missing, as in \(word):example.org."
        case .globNotAllowed: "“\(word)” is a glob; here one user must be named."
        case .badServerName(let server): "“\(server)” in “\(word)” is not a server name."
        case .implausibleServer:
            "“\(word)” does not look like a server name, which has a dot (example.org) or a port (\(word):8448)."
        case .missingUnit: "“\(word)” has no unit, as in \(word)s, \(word)m, \(word)h or \(word)d."
        case .empty: "Nothing is between the quotes; expected \(kind.expectation)."
        }
    }
}
