import MatrixCore
import Moderation
import SQLite

extension RoomTable {
    /// All rooms in the order of their IDs, members and state in the order of their keys: the same on every run.
    func load(noting damage: inout Damage) throws(DatabaseError) -> [StoredRoom] {
        var found: [(number: Int64, room: StoredRoom)] = []
        try connection.statement("SELECT id, room_id, members FROM room").forEach { row throws(DatabaseError) in
            do {
                let snapshot = try row.value(2, as: [UInt8]?.self) ?? []
                found.append((try row.value(0), StoredRoom(room: try row.identifier(1), snapshot: snapshot)))
            } catch { damage.note("room", row.key(1), error) }
        }
        found.sort { $0.room.room < $1.room.room }

        var places: [Int64: Int] = [:]
        for (place, entry) in found.enumerated() { places[entry.number] = place }
        var rooms = found.map(\.room)
        try loadMembers(into: &rooms, at: places, noting: &damage)
        try loadState(into: &rooms, at: places, noting: &damage)
        return rooms
    }

    private func loadMembers(
        into rooms: inout [StoredRoom],
        at places: [Int64: Int],
        noting damage: inout Damage
    ) throws(DatabaseError) {
        let select = "SELECT room, user_id, record FROM member_delta ORDER BY room, user_id"
        try connection.statement(select).forEach { row throws(DatabaseError) in
            // A room that is not there was itself damaged, and told.
            guard let place = places[try row.value(0)] else { return }
            do {
                let member = MemberChange(user: try row.identifier(1), record: try row.value(2))
                rooms[place].members.append(member)
            } catch { damage.note("member_delta", "\(rooms[place].room) \(row.key(1))", error) }
        }
    }

    private func loadState(
        into rooms: inout [StoredRoom],
        at places: [Int64: Int],
        noting damage: inout Damage
    ) throws(DatabaseError) {
        let select = """
            SELECT room, type, state_key, event_id, sender, timestamp, content
            FROM state_event ORDER BY room, type, state_key
            """
        try connection.statement(select).forEach { row throws(DatabaseError) in
            guard let place = places[try row.value(0)] else { return }
            do {
                let event = RoomEvent(
                    id: try row.identifier(3),
                    type: EventType(rawValue: try row.value(1)),
                    sender: try row.identifier(4),
                    stateKey: try row.value(2, as: String.self),
                    timestamp: try row.value(5),
                    content: try row.value(6)
                )
                rooms[place].state.append(event)
            } catch { damage.note("state_event", "\(rooms[place].room) \(row.key(1)) \(row.key(2))", error) }
        }
    }
}
