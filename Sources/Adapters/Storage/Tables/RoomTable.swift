import MatrixCore
import Moderation
import SQLite

/// Rooms with their members and state: the tables `room`, `member_delta` and `state_event`.
///
/// A room is there as soon as anything of it is: a snapshot, a member or a state event.
struct RoomTable {
    let connection: Connection

    func write(_ changes: [RoomID: RoomChange]) throws(DatabaseError) {
        for (room, change) in changes { try write(change, of: room) }
    }

    private func write(_ change: RoomChange, of room: RoomID) throws(DatabaseError) {
        if change.forgets {
            try connection.statement("DELETE FROM room WHERE room_id = ?").run(room.rawValue)
        }
        let hasContent = change.snapshot != nil || !change.members.isEmpty || !change.state.isEmpty
        guard hasContent else { return }
        let number = try write(snapshot: change.snapshot, of: room)
        try write(members: change.members, of: number)
        try write(state: change.state, of: number)
    }

    /// Returns the number that the other tables know the room by.
    private func write(snapshot: [UInt8]?, of room: RoomID) throws(DatabaseError) -> Int64 {
        let find = try connection.statement("SELECT id FROM room WHERE room_id = ?")
        let known = try find.all(room.rawValue) { row throws(DatabaseError) in try row.value(0, as: Int64.self) }.first
        guard let known else {
            try connection.statement("INSERT INTO room (room_id, members) VALUES (?, ?)").run(room.rawValue, snapshot)
            return connection.lastInsertedRow
        }
        if let snapshot {
            try connection.statement("UPDATE room SET members = ? WHERE id = ?").run(snapshot, known)
            try connection.statement("DELETE FROM member_delta WHERE room = ?").run(known)
        }
        return known
    }

    private func write(members: [MemberChange], of room: Int64) throws(DatabaseError) {
        let put = try connection.statement(
            "INSERT OR REPLACE INTO member_delta (room, user_id, record) VALUES (?, ?, ?)"
        )
        for member in members { try put.run(room, member.user.rawValue, member.record) }
    }

    private func write(state: [RoomEvent], of room: Int64) throws(DatabaseError) {
        let put = try connection.statement(
            """
            INSERT OR REPLACE INTO state_event (room, type, state_key, event_id, sender, timestamp, content)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """
        )
        for event in state {
            guard let key = event.stateKey else { continue }
            try put.run(
                room,
                event.type.rawValue,
                key,
                event.id.rawValue,
                event.sender.rawValue,
                event.timestamp,
                event.content
            )
        }
    }
}
