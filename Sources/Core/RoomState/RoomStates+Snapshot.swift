package import MatrixCore

/// A room's members as bytes for the disk: a version, then for each the record's byte, the ID's length and the ID.
extension RoomStates {
    private static let version: UInt8 = 1

    package func snapshot(of id: RoomID) -> [UInt8] {
        guard let room = numbers[id], rooms[Int(room)].hasMembers else { return [] }
        var bytes = [Self.version]
        members.forEachMember(of: room) { user, record in
            users.withName(user) { name in
                bytes.append(record)
                bytes.append(UInt8(clamping: name.count))
                for index in name.indices { bytes.append(name[index]) }
            }
        }
        return bytes
    }

    /// Takes over what `snapshot(of:)` gave; false where the bytes are damaged, and then what was sound before the damage
    /// is there, but the room counts as one whose members are not known.
    @discardableResult
    package mutating func restore(_ bytes: [UInt8], of id: RoomID) -> Bool {
        let room = number(of: id)
        guard !bytes.isEmpty else { return true }
        guard bytes[0] == Self.version else { return false }
        let all = bytes.span
        var index = 1
        while index < all.count {
            guard index + 2 <= all.count, let record = MemberRecord(byte: all[index]) else { return false }
            let start = index + 2
            let end = start + Int(all[index + 1])
            guard end <= all.count, end - start >= 3, all[start] == UInt8(ascii: "@") else { return false }
            _ = setMember(all.extracting(start..<end), record, in: room)
            index = end
        }
        rooms[Int(room)].hasMembers = true
        return true
    }

    /// Makes room for what is about to be restored, so that nothing is moved on the way.
    package mutating func reserve(members: Int, bytes: Int) {
        self.members.reserve(members: members)
        users.reserve(names: min(members, 1 << 16), bytes: min(bytes, 1 << 22))
    }
}
