package import JSON
package import MatrixCore

/// The bot's account data `org.matrix.mjolnir.watched_lists`: permalinks to the policy rooms that are in force.
package struct WatchedListsData: Sendable, Equatable {
    package private(set) var content: JSONValue
    package private(set) var references: [RoomReference]
    package private(set) var unreadable: [String]

    package init() {
        content = ["references": []]
        references = []
        unreadable = []
    }

    /// Nil where the content as a whole cannot be read.
    package init?(_ content: JSONValue) {
        guard case .object = content else { return nil }
        let entries: [JSONValue]
        switch content["references"] {
        case .array(let list)?: entries = list
        case nil: entries = []
        default: return nil
        }
        self.content = content
        references = []
        unreadable = []
        for entry in entries {
            if case .string(let text) = entry, let room = RoomReference(parsing: text) {
                if !references.contains(where: { $0.name == room.name }) { references.append(room) }
            } else {
                unreadable.append(entry.excerpt)
            }
        }
    }

    /// Adds the list as a permalink by room ID, the form that Draupnir reads back.
    package func adding(_ room: RoomID, via: [ServerName]) -> WatchedListsData {
        guard !references.contains(where: { $0.name == .id(room) }) else { return self }
        return replacing { entries in
            entries + [.string(Permalink(.room(RoomReference(room, via: via))).text)]
        }
    }

    /// Removes every entry that names the room, by its ID or by an alias that stands for it.
    package func removing(_ names: [RoomReference.Name]) -> WatchedListsData {
        replacing { entries in
            entries.filter { entry in
                guard case .string(let text) = entry, let room = RoomReference(parsing: text) else { return true }
                return !names.contains(room.name)
            }
        }
    }

    private func replacing(_ change: ([JSONValue]) -> [JSONValue]) -> WatchedListsData {
        var entries: [JSONValue] = []
        if case .array(let list)? = content["references"] { entries = list }
        return WatchedListsData(content.setting("references", to: .array(change(entries)))) ?? self
    }
}
