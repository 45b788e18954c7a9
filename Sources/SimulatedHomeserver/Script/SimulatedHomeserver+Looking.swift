package import JSON
package import MatrixCore

/// What came of it, as only the server sees it.
extension SimulatedHomeserver {
    private var present: World {
        settle()
        return world
    }

    package func membership(of user: UserID, in room: RoomID) -> Membership? {
        present.rooms[room]?.membership(of: user)
    }

    /// In the order of their bytes.
    package func members(of room: RoomID, _ membership: Membership = .join) -> [UserID] {
        present.rooms[room]?.members(membership) ?? []
    }

    package func stateContent(_ key: StateKey, in room: RoomID) -> JSONValue? {
        present.rooms[room]?.event(key)?.content
    }

    /// A room's whole timeline, oldest first.
    package func events(in room: RoomID) -> [RoomEvent] {
        (present.rooms[room]?.events ?? [])
            .map { event in
                RoomEvent(
                    id: event.id,
                    type: event.type,
                    sender: event.sender,
                    stateKey: event.stateKey,
                    timestamp: event.timestamp,
                    content: event.content.encoded(),
                    redacts: event.redacts
                )
            }
    }

    package func isRedacted(_ event: EventID, in room: RoomID) -> Bool {
        guard let room = present.rooms[room], let place = room.place(of: event) else { return false }
        return room.events[place].redactedBy != nil
    }

    package func accountData(_ type: EventType, of user: UserID) -> JSONValue? {
        present.accounts[user]?.data[type]?.content
    }

    /// In the order of their bytes.
    package var rooms: [RoomID] { present.rooms.keys.sorted() }
}
