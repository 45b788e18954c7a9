package import MatrixCore

/// The state of every tracked room: who is where, with which power, and what else moderation needs to know.
///
/// Users, servers and rooms are numbers inside and identifiers outside.
package struct RoomStates: Sendable {
    var users = InternedNames()
    var servers = InternedNames()
    var members = MemberTable()
    var rooms: [Room] = []
    var numbers: [RoomID: UInt32] = [:]
    /// The server of each user, and the next user + 1 of the same server; 0 is none.
    var serverOfUser: [UInt32] = []
    var nextOfServer: [UInt32] = []
    var firstOfServer: [UInt32] = []
    /// In how many protected rooms each user is present.
    var presence: [UInt16] = []
    /// How many users are present in at least one protected room.
    package internal(set) var presentUserCount = 0
    /// Users beyond this number are not interned, and counted in `refusedUsers`.
    let maximumUsers: Int
    package internal(set) var refusedUsers = 0

    /// The five million are a guess: some 400 MB.
    package init(maximumUsers: Int = 5_000_000) { self.maximumUsers = maximumUsers }

    package var memberCount: Int { members.count }
    package var userCount: Int { users.count }
    package var serverCount: Int { servers.count }

    package subscript(_ id: RoomID) -> Room? { numbers[id].map { rooms[Int($0)] } }

    package var trackedRooms: [RoomID] { numbers.keys.sorted() }

    /// Begins to track a room; a second call changes nothing.
    package mutating func track(_ id: RoomID) { _ = number(of: id) }

    package mutating func setProtected(_ isProtected: Bool, _ id: RoomID) {
        let room = number(of: id)
        guard rooms[Int(room)].isProtected != isProtected else { return }
        rooms[Int(room)].isProtected = isProtected
        members.forEachMember(of: room) { user, byte in
            guard MemberRecord(byte: byte)?.membership.isPresent == true else { return }
            countPresence(of: user, by: isProtected ? 1 : -1)
        }
    }

    /// Keeps a state event whole where its type is one of `Room.keptTypes`; false where it is not.
    package mutating func keep(_ event: RoomEvent, in id: RoomID) -> Bool {
        guard Room.keptTypes.contains(event.type), event.stateKey?.isEmpty == true else { return false }
        rooms[Int(number(of: id))].keep(event)
        return true
    }

    /// Takes away what a redaction takes away of a kept state event: its whole content, which is near enough.
    ///
    /// Create and power level events keep their protected fields when they are redacted, so theirs is left alone.
    package mutating func redact(_ id: EventID, in room: RoomID) -> RoomEvent? {
        guard let number = numbers[room],
            let (key, event) = rooms[Int(number)].state.first(where: { $0.value.id == id }),
            key.type != .create, key.type != .powerLevels, key.type != .joinRules, key.type != .historyVisibility
        else { return nil }
        let blank = RoomEvent(
            id: event.id,
            type: event.type,
            sender: event.sender,
            stateKey: event.stateKey,
            timestamp: event.timestamp,
            content: Array("{}".utf8)
        )
        rooms[Int(number)].keep(blank)
        return blank
    }

    /// Forgets what is known of a room and its members; it stays tracked where it is protected.
    package mutating func forget(_ id: RoomID) {
        guard let number = numbers[id] else { return }
        let wasProtected = rooms[Int(number)].isProtected
        setProtected(false, id)
        members.removeAll(in: number)
        rooms[Int(number)] = Room(id: id)
        rooms[Int(number)].isProtected = wasProtected  // nobody is present in it now
    }

    /// Forgets a room altogether, unless it is protected.
    package mutating func untrack(_ id: RoomID) {
        guard self[id]?.isProtected == false else { return }
        forget(id)
        numbers[id] = nil
    }

    mutating func number(of id: RoomID) -> UInt32 {
        if let number = numbers[id] { return number }
        let number = UInt32(rooms.count)
        rooms.append(Room(id: id))
        numbers[id] = number
        return number
    }
}
