/// Who is what in which room: fixed-size records in one pool, found by (room, user), chained by user and by room.
///
/// Rooms and users are numbers. 16 bytes a membership, and 4 to 8 for the table.
struct MemberTable: Sendable {
    private struct Entry: Sendable {
        let user: UInt32
        /// The room's number above, the record's byte below.
        var roomAndRecord: UInt32
        var nextOfUser: UInt32
        var nextInRoom: UInt32
    }

    private var entries: [Entry] = []
    /// Entry + 1 at the pair's place; 0 is free.
    private var table: [UInt32] = Array(repeating: 0, count: 64)
    /// The first entry + 1 of each user and each room; 0 is none.
    private var firstOfUser: [UInt32] = []
    private var firstInRoom: [UInt32] = []
    /// Entries of forgotten rooms, to be used again.
    private var free: [UInt32] = []

    var count: Int { entries.count - free.count }

    mutating func reserve(members: Int) {
        entries.reserveCapacity(members)
        var size = table.count
        while size < members * 2 { size *= 2 }
        if size > table.count { rehash(size: size) }
    }

    /// Makes room in the table at once for what is about to come.
    mutating func expect(_ more: Int) {
        var size = table.count
        while size < (entries.count - free.count + more) * 2 { size *= 2 }
        if size > table.count { rehash(size: size) }
    }

    func record(user: UInt32, room: UInt32) -> UInt8? {
        let found = table[slot(user, room)]
        return found == 0 ? nil : UInt8(truncatingIfNeeded: entries[Int(found - 1)].roomAndRecord)
    }

    /// Sets the record and returns the one before.
    mutating func set(_ record: UInt8, user: UInt32, room: UInt32) -> UInt8? {
        let slot = slot(user, room)
        if table[slot] != 0 {
            let index = Int(table[slot] - 1)
            let old = UInt8(truncatingIfNeeded: entries[index].roomAndRecord)
            entries[index].roomAndRecord = room << 8 | UInt32(record)
            return old
        }
        while firstOfUser.count <= Int(user) { firstOfUser.append(0) }
        while firstInRoom.count <= Int(room) { firstInRoom.append(0) }
        let entry = Entry(
            user: user,
            roomAndRecord: room << 8 | UInt32(record),
            nextOfUser: firstOfUser[Int(user)],
            nextInRoom: firstInRoom[Int(room)]
        )
        let index: Int
        if let reused = free.popLast() {
            index = Int(reused)
            entries[index] = entry
        } else {
            index = entries.count
            entries.append(entry)
        }
        table[slot] = UInt32(index + 1)
        firstOfUser[Int(user)] = UInt32(index + 1)
        firstInRoom[Int(room)] = UInt32(index + 1)
        if (entries.count + 1) * 2 > table.count { rehash(size: table.count * 2) }
        return nil
    }

    func forEachRoom(of user: UInt32, _ visit: (_ room: UInt32, _ record: UInt8) -> Void) {
        guard Int(user) < firstOfUser.count else { return }
        var next = firstOfUser[Int(user)]
        while next != 0 {
            let entry = entries[Int(next - 1)]
            visit(entry.roomAndRecord >> 8, UInt8(truncatingIfNeeded: entry.roomAndRecord))
            next = entry.nextOfUser
        }
    }

    func forEachMember(of room: UInt32, _ visit: (_ user: UInt32, _ record: UInt8) -> Void) {
        guard Int(room) < firstInRoom.count else { return }
        var next = firstInRoom[Int(room)]
        while next != 0 {
            let entry = entries[Int(next - 1)]
            visit(entry.user, UInt8(truncatingIfNeeded: entry.roomAndRecord))
            next = entry.nextInRoom
        }
    }

    /// Forgets all members of a room: O(members of it × rooms of each).
    mutating func removeAll(in room: UInt32) {
        guard Int(room) < firstInRoom.count else { return }
        var next = firstInRoom[Int(room)]
        firstInRoom[Int(room)] = 0
        while next != 0 {
            let entry = entries[Int(next - 1)]
            unlink(next, fromUser: entry.user)
            removeFromTable(entry.user, room)
            free.append(next - 1)
            next = entry.nextInRoom
        }
    }

    private mutating func unlink(_ entry: UInt32, fromUser user: UInt32) {
        var previous: UInt32 = 0
        var next = firstOfUser[Int(user)]
        while next != 0, next != entry {
            previous = next
            next = entries[Int(next - 1)].nextOfUser
        }
        guard next == entry else { return }
        let following = entries[Int(entry - 1)].nextOfUser
        if previous == 0 {
            firstOfUser[Int(user)] = following
        } else {
            entries[Int(previous - 1)].nextOfUser = following
        }
    }

    private func home(_ user: UInt32, _ room: UInt32, _ mask: Int) -> Int {
        let key = UInt64(user) << 24 ^ UInt64(room)
        return Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 29) & mask
    }

    private func slot(_ user: UInt32, _ room: UInt32) -> Int {
        let mask = table.count - 1
        var slot = home(user, room, mask)
        while table[slot] != 0 {
            let entry = entries[Int(table[slot] - 1)]
            if entry.user == user, entry.roomAndRecord >> 8 == room { return slot }
            slot = (slot + 1) & mask
        }
        return slot
    }

    /// Shifts back what follows, so that no gap hides an entry.
    private mutating func removeFromTable(_ user: UInt32, _ room: UInt32) {
        let mask = table.count - 1
        var hole = slot(user, room)
        guard table[hole] != 0 else { return }
        var slot = (hole + 1) & mask
        while table[slot] != 0 {
            let entry = entries[Int(table[slot] - 1)]
            let home = home(entry.user, entry.roomAndRecord >> 8, mask)
            if (slot - home) & mask >= (slot - hole) & mask {
                table[hole] = table[slot]
                hole = slot
            }
            slot = (slot + 1) & mask
        }
        table[hole] = 0
    }

    private mutating func rehash(size: Int) {
        let old = table
        table = Array(repeating: 0, count: size)
        let mask = size - 1
        for found in old where found != 0 {
            let entry = entries[Int(found - 1)]
            var slot = home(entry.user, entry.roomAndRecord >> 8, mask)
            while table[slot] != 0 { slot = (slot + 1) & mask }
            table[slot] = found
        }
    }
}
