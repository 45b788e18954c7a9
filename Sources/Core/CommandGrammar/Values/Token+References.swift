import MatrixCore

extension Token {
    /// Reads a user ID, bare or as a link.
    func user(allowsGlob: Bool) throws(Unreadable) -> UserPattern {
        let text = linkedText
        if case .user(let user)? = Permalink(parsing: text)?.target { return try check(user.rawValue, allowsGlob) }
        guard text.utf8.first == UInt8(ascii: "@") else { throw text.isEmpty ? .empty : .otherKind }
        return try check(text, allowsGlob)
    }

    func room() throws(Unreadable) -> RoomReference {
        guard let room = RoomReference(parsing: linkedText) else { throw linkedText.isEmpty ? .empty : .otherKind }
        switch room.name {
        case .alias(let alias): try checkServer(alias.server.rawValue)
        case .id(let id): try check(id)
        }
        return room
    }

    func event() throws(Unreadable) -> EventReference {
        guard case .event(let event, let room)? = Permalink(parsing: linkedText)?.target else { throw .otherKind }
        return EventReference(event, in: room)
    }

    /// What a link points to, where the word is `<link>` or `[text](link)`; else its text.
    private var linkedText: String {
        if let link = markdownLink(in: text[...].unicodeScalars, from: text.startIndex), link.end == text.endIndex {
            return String(link.target)
        }
        let bytes = text.utf8
        if bytes.first == UInt8(ascii: "<"), bytes.last == UInt8(ascii: ">"), bytes.count > 1 {
            return String(Substring(bytes.dropFirst().dropLast()))
        }
        return text
    }

    private func check(_ text: String, _ allowsGlob: Bool) throws(Unreadable) -> UserPattern {
        let server = text.utf8.firstIndex(of: UInt8(ascii: ":")).map { String(text[text.utf8.index(after: $0)...]) }
        guard isGlob(text) else {
            guard let server, let user = try? UserID(parsing: text) else { throw .userWithoutServer }
            try checkServer(server)
            return .user(user)
        }
        guard allowsGlob else { throw .globNotAllowed }
        guard text.utf8.count <= maximumIdentifierLength, !text.utf8.contains(0) else { throw .otherKind }
        if let server {
            guard isServerGlob(server) else { throw .badServerName(server) }
        } else if text.utf8.last != UInt8(ascii: "*") {
            throw .userWithoutServer  // it could match no user ID
        }
        return .glob(EntityGlob(unchecked: text))
    }

    private func checkServer(_ server: String) throws(Unreadable) {
        guard (try? ServerName(parsing: server)) != nil else { throw .badServerName(server) }
    }

    /// A room ID has a server name behind its first colon or, from room version 12, is a hash.
    private func check(_ id: RoomID) throws(Unreadable) {
        let bytes = id.rawValue.utf8
        if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
            return try checkServer(String(id.rawValue[bytes.index(after: colon)...]))
        }
        let isHash = id.rawValue.unicodeScalars.dropFirst().allSatisfy {
            $0.isASCIILetter || $0.isASCIIDigit || $0 == "-" || $0 == "_"
        }
        guard isHash, bytes.count == 44 else { throw .otherKind }
    }
}
