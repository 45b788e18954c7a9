import MatrixCore
import Moderation

/// What a `MemoryStore` holds, as a value.
package struct MemoryStoreContents: Sendable, Equatable {
    struct Room: Sendable, Equatable {
        var snapshot: [UInt8] = []
        var members: [UserID: UInt8] = [:]
        var state: [StateKey: RoomEvent] = [:]
    }

    var position: String?
    var rooms: [RoomID: Room] = [:]
    var rows: [Int64: JournalRow] = [:]
    var lastRowID: Int64 = 0
    var documents: [String: [UInt8]] = [:]
    let nonce: String

    package init(nonce: String = "simulated") { self.nonce = nonce }

    mutating func apply(_ changeset: Changeset) {
        if let position = changeset.position { self.position = position }
        for (room, change) in changeset.rooms { apply(change, to: room) }
        for row in changeset.rows {
            rows[row.id] = row
            lastRowID = max(lastRowID, row.id)
        }
        for (name, content) in changeset.documents { documents[name] = content }
    }

    private mutating func apply(_ change: RoomChange, to id: RoomID) {
        if change.forgets { rooms[id] = nil }
        let hasContent = change.snapshot != nil || !change.members.isEmpty || !change.state.isEmpty
        guard hasContent else { return }
        var room = rooms[id] ?? Room()
        if let snapshot = change.snapshot {
            room.snapshot = snapshot
            room.members = [:]
        }
        for member in change.members { room.members[member.user] = member.record }
        for event in change.state {
            guard let key = event.stateKey else { continue }
            room.state[StateKey(event.type, key)] = stored(event)
        }
        rooms[id] = room
    }

    /// All of it in the order that the database gives: by the bytes of the keys.
    var state: StoredState {
        var state = StoredState()
        state.position = position
        state.rooms = rooms.sorted { $0.key < $1.key }.map { id, room in
            StoredRoom(
                room: id,
                snapshot: room.snapshot,
                members: room.members.sorted { $0.key < $1.key }.map { MemberChange(user: $0, record: $1) },
                state: room.state.sorted { precedes($0.key, $1.key) }.map(\.value)
            )
        }
        state.openRows = rows.values.filter(\.status.isOpen).sorted { $0.id < $1.id }
        state.lastRowID = lastRowID
        state.documents = documents
        state.nonce = nonce
        return state
    }
}

/// What of a state event outlasts the process: all but its age, which would be wrong by then, and what it redacts.
private func stored(_ event: RoomEvent) -> RoomEvent {
    RoomEvent(
        id: event.id,
        type: event.type,
        sender: event.sender,
        stateKey: event.stateKey,
        timestamp: event.timestamp,
        content: event.content
    )
}

private func precedes(_ left: StateKey, _ right: StateKey) -> Bool {
    guard left.type == right.type else {
        return left.type.rawValue.utf8.lexicographicallyPrecedes(right.type.rawValue.utf8)
    }
    return left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
}
