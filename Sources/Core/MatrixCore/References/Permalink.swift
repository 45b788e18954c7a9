/// A link to a user, a room or an event: `https://matrix.to/#/…`, or a `matrix:` URI.
///
/// - Source: Matrix spec, Appendices, "matrix.to navigation" and "Matrix URI scheme".
package struct Permalink: Hashable, Sendable {
    package enum Target: Hashable, Sendable {
        case user(UserID)
        case room(RoomReference)
        case event(EventID, in: RoomReference)
    }

    package let target: Target

    package init(_ target: Target) { self.target = target }

    package init?(parsing text: String) {
        let words = text.utf8
        if words.starts(with: "https://matrix.to/#/".utf8) {
            self.init(afterHash: text.utf8.dropFirst("https://matrix.to/#/".utf8.count))
        } else if words.starts(with: "matrix:".utf8) {
            self.init(uri: text.utf8.dropFirst("matrix:".utf8.count))
        } else {
            return nil
        }
    }

    /// The matrix.to form; an event comes before the `via` list, as the spec has it.
    package var text: String {
        func link(_ entity: String, _ rest: String = "", _ via: [ServerName] = []) -> String {
            let query = via.map { "via=\(percentEncoded($0.rawValue))" }.joined(separator: "&")
            return "https://matrix.to/#/\(percentEncoded(entity))\(rest)\(query.isEmpty ? "" : "?\(query)")"
        }
        return switch target {
        case .user(let user): link(user.rawValue)
        case .room(let room): link(room.text, "", room.via)
        case .event(let event, let room): link(room.text, "/\(percentEncoded(event.rawValue))", room.via)
        }
    }

    private init?(afterHash rest: Substring.UTF8View) {
        let parts = rest.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let entity = percentDecoded(path[0]) else { return nil }
        let via = parts.count > 1 ? viaServers(parts[1]) : []
        let event = path.count > 1 && !path[1].isEmpty ? percentDecoded(path[1]) : ""
        guard let event else { return nil }
        self.init(entity: entity, event: event, via: via)
    }

    private init?(uri rest: Substring.UTF8View) {
        let parts = rest.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard path.count == 2 || path.count == 4, let name = percentDecoded(path[1]) else { return nil }
        let sigil: String
        switch String(Substring(path[0])) {
        case "u", "user": sigil = "@"
        case "r", "room": sigil = "#"
        case "roomid": sigil = "!"
        default: return nil
        }
        var event = ""
        if path.count == 4 {
            guard ["e", "event"].contains(String(Substring(path[2]))), let name = percentDecoded(path[3]) else {
                return nil
            }
            event = "$" + name
        }
        self.init(entity: sigil + name, event: event, via: parts.count > 1 ? viaServers(parts[1]) : [])
    }

    private init?(entity: String, event: String, via: [ServerName]) {
        if let user = try? UserID(parsing: entity) {
            guard event.isEmpty else { return nil }
            self.init(.user(user))
            return
        }
        let name: RoomReference.Name
        if let id = try? RoomID(parsing: entity) {
            name = .id(id)
        } else if let alias = try? RoomAlias(parsing: entity) {
            name = .alias(alias)
        } else {
            return nil
        }
        let room = RoomReference(name, via: via)
        if event.isEmpty {
            self.init(.room(room))
        } else if let event = try? EventID(parsing: event) {
            self.init(.event(event, in: room))
        } else {
            return nil
        }
    }
}

private func viaServers(_ query: Substring.UTF8View) -> [ServerName] {
    query.split(separator: UInt8(ascii: "&")).compactMap { pair in
        guard pair.starts(with: "via=".utf8), let value = percentDecoded(pair.dropFirst(4)) else { return nil }
        return try? ServerName(parsing: value)
    }
}
