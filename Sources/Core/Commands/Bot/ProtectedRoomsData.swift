package import JSON
package import MatrixCore

/// The bot's account data `org.matrix.mjolnir.protected_rooms`, as Draupnir and Mjolnir write it.
///
/// What is not understood is kept, so that a write changes nothing but what was asked for.
package struct ProtectedRoomsData: Sendable, Equatable {
    package private(set) var content: JSONValue
    package private(set) var rooms: [RoomID]
    private var known: Set<RoomID> = []
    /// Entries that are no room ID, as text.
    package private(set) var unreadable: [String]

    package init() {
        content = ["rooms": []]
        rooms = []
        unreadable = []
    }

    /// Nil where the content as a whole cannot be read.
    package init?(_ content: JSONValue) {
        guard case .object = content else { return nil }
        let entries: [JSONValue]
        switch content["rooms"] {
        case .array(let list)?: entries = list
        case nil: entries = []
        default: return nil
        }
        self.content = content
        rooms = []
        unreadable = []
        for entry in entries {
            if case .string(let text) = entry, let room = try? RoomID(parsing: text) {
                if known.insert(room).inserted { rooms.append(room) }
            } else {
                unreadable.append(entry.excerpt)
            }
        }
    }

    package func contains(_ room: RoomID) -> Bool { known.contains(room) }

    package func adding(_ room: RoomID) -> ProtectedRoomsData {
        guard !contains(room) else { return self }
        return replacing { $0 + [.string(room.rawValue)] }
    }

    package func removing(_ room: RoomID) -> ProtectedRoomsData {
        replacing { entries in entries.filter { $0 != .string(room.rawValue) } }
    }

    private func replacing(_ change: ([JSONValue]) -> [JSONValue]) -> ProtectedRoomsData {
        var entries: [JSONValue] = []
        if case .array(let list)? = content["rooms"] { entries = list }
        return ProtectedRoomsData(content.setting("rooms", to: .array(change(entries)))) ?? self
    }
}

extension JSONValue {
    /// The same object with one member set; an object of that member alone where this is none.
    package func setting(_ name: String, to value: JSONValue) -> JSONValue {
        var object = JSONObject()
        if case .object(let own) = self { object = own }
        object[name] = value
        return .object(object)
    }

    /// The start of its text, for a message about it.
    var excerpt: String {
        let text = if case .string(let string) = self { string } else { String(decoding: encoded(), as: UTF8.self) }
        return text.cut(to: 120)
    }
}
