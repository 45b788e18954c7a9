/// A room as people name it: its ID or an alias, with servers to ask the way.
package struct RoomReference: Hashable, Sendable, Codable {
    package enum Name: Hashable, Sendable, Codable {
        case id(RoomID)
        case alias(RoomAlias)
    }

    package let name: Name
    /// Servers that are in the room; at most five are kept.
    package let via: [ServerName]

    package init(_ name: Name, via: [ServerName] = []) {
        self.name = name
        self.via = Array(via.prefix(5))
    }

    package init(_ id: RoomID, via: [ServerName] = []) { self.init(.id(id), via: via) }

    /// Reads `!id`, `#alias:server` or a permalink to either; nil for anything else.
    package init?(parsing text: String) {
        if let id = try? RoomID(parsing: text) {
            self.init(.id(id))
        } else if let alias = try? RoomAlias(parsing: text) {
            self.init(.alias(alias))
        } else if case .room(let room)? = Permalink(parsing: text)?.target {
            self = room
        } else {
            return nil
        }
    }

    package var text: String {
        switch name {
        case .id(let id): id.rawValue
        case .alias(let alias): alias.rawValue
        }
    }
}
