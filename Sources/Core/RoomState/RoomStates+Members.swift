package import MatrixCore

/// What a member event changed.
package struct MemberTransition: Sendable, Equatable {
    package let user: UserID
    package let room: RoomID
    /// Nil where nothing was known.
    package let before: MemberRecord?
    package let after: MemberRecord

    package init(user: UserID, room: RoomID, before: MemberRecord?, after: MemberRecord) {
        self.user = user
        self.room = room
        self.before = before
        self.after = after
    }

    package var becamePresent: Bool {
        after.membership.isPresent && before?.membership.isPresent != true
    }
}

extension RoomStates {
    /// Sets what a room says of a user; nil where it said so before, or where no more users can be interned.
    package mutating func setMember(_ user: UserID, _ record: MemberRecord, in room: RoomID) -> MemberTransition? {
        let number = number(of: room)
        let name = user.rawValue
        guard let before = setMember(name.utf8Span.span, record, in: number), before != record else { return nil }
        return MemberTransition(user: user, room: room, before: before.known, after: record)
    }

    /// The same for bytes that are known to be a user ID; nil only where no more users can be interned.
    mutating func setMember(_ user: Span<UInt8>, _ record: MemberRecord, in room: UInt32) -> FormerRecord? {
        guard let number = intern(user) else { return nil }
        let old = members.set(record.byte, user: number, room: room).flatMap { MemberRecord(byte: $0) }
        let wasPresent = old?.membership.isPresent == true
        let isPresent = record.membership.isPresent
        if wasPresent != isPresent, rooms[Int(room)].isProtected { countPresence(of: number, by: isPresent ? 1 : -1) }
        let wasJoined = old?.membership == .join
        if wasJoined != (record.membership == .join) { rooms[Int(room)].joinedCount += wasJoined ? -1 : 1 }
        return FormerRecord(known: old)
    }

    package func record(of user: UserID, in room: RoomID) -> MemberRecord? {
        guard let room = numbers[room], let user = users.find(user.rawValue.utf8Span.span) else { return nil }
        return members.record(user: user, room: room).flatMap { MemberRecord(byte: $0) }
    }

    package func membership(of user: UserID, in room: RoomID) -> Membership? {
        record(of: user, in: room)?.membership
    }

    /// Every tracked room that says something of the user.
    package func rooms(of user: UserID) -> [(room: RoomID, record: MemberRecord)] {
        guard let user = users.find(user.rawValue.utf8Span.span) else { return [] }
        var found: [(RoomID, MemberRecord)] = []
        members.forEachRoom(of: user) { room, byte in
            if let record = MemberRecord(byte: byte) { found.append((rooms[Int(room)].id, record)) }
        }
        return found
    }

    package func forEachMember(of room: RoomID, _ visit: (UserID, MemberRecord) -> Void) {
        guard let room = numbers[room] else { return }
        members.forEachMember(of: room) { user, byte in
            guard let record = MemberRecord(byte: byte), let id = try? UserID(parsing: users.text(user)) else { return }
            visit(id, record)
        }
    }

    /// Calls `visit` with the bytes of everyone present in the room.
    package func forEachPresent(in room: RoomID, _ visit: (Span<UInt8>) -> Void) {
        guard let room = numbers[room] else { return }
        members.forEachMember(of: room) { user, byte in
            guard MemberRecord(byte: byte)?.membership.isPresent == true else { return }
            users.withName(user, visit)
        }
    }

    private mutating func intern(_ user: Span<UInt8>) -> UInt32? {
        if let known = users.find(user) { return known }
        guard users.count < maximumUsers else {
            refusedUsers += 1
            return nil
        }
        let number = users.intern(user)
        let server = servers.intern(user.extracting(serverStart(user)..<user.count))
        while firstOfServer.count <= Int(server) { firstOfServer.append(0) }
        serverOfUser.append(server)
        nextOfServer.append(firstOfServer[Int(server)])
        firstOfServer[Int(server)] = number + 1
        presence.append(0)
        return number
    }

    mutating func countPresence(of user: UInt32, by change: Int) {
        let before = presence[Int(user)]
        let after = UInt16(clamping: Int(before) + change)
        presence[Int(user)] = after
        if before == 0, after > 0 { presentUserCount += 1 }
        if before > 0, after == 0 { presentUserCount -= 1 }
    }
}

/// What was there before; apart from nil, which says that nothing could be set.
struct FormerRecord {
    let known: MemberRecord?

    static func != (left: FormerRecord, right: MemberRecord) -> Bool { left.known != right }
}

/// Where the server begins: behind the first colon.
func serverStart(_ user: Span<UInt8>) -> Int {
    var index = 0
    while index < user.count, user[index] != UInt8(ascii: ":") { index += 1 }
    return min(index + 1, user.count)
}
