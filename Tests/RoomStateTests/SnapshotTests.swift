import MatrixCore
import RoomState
import Testing
import TestSupport

@Suite struct SnapshotTests {
    private let room: RoomID = "!a:a.org"
    private let longest: UserID

    init() throws { longest = try UserID(parsing: "@" + String(repeating: "x", count: 248) + ":b.org") }

    /// A room loaded whole, as only such a one has a snapshot.
    private func loaded() throws -> RoomStates {
        var rooms = RoomStates()
        try load("[]", into: &rooms)
        rooms.set("@eve:b.org", .ban, in: room, byOther: true)
        rooms.set("@\u{212A}:b.org", .join, in: room)
        rooms.set("@K:b.org", .knock, in: room)
        rooms.set("@:b.org", .invite, in: room, byOther: true)
        rooms.set(longest, .leave, in: room)
        return rooms
    }

    private func load(_ state: String, into rooms: inout RoomStates) throws {
        _ = try JSONScannerOfState.load(state, into: &rooms, of: room)
    }

    @Test func `a snapshot gives back every member and record`() throws {
        let rooms = try loaded()
        var restored = RoomStates()
        restored.setProtected(true, room)
        let isTaken = restored.restore(rooms.snapshot(of: room), of: room)
        #expect(isTaken)
        #expect(restored.members(of: room) == rooms.members(of: room))
        #expect(restored[room]?.hasMembers == true)
        #expect(restored[room]?.joinedCount == 1)
        #expect(restored.presentUserCount == 3)
    }

    @Test func `an empty room has a snapshot, and one whose members are not known has none`() throws {
        var rooms = RoomStates()
        rooms.track(room)
        #expect(rooms.snapshot(of: room) == [])
        try load("[]", into: &rooms)
        let snapshot = rooms.snapshot(of: room)
        #expect(snapshot == [1])
        var restored = RoomStates()
        let isTaken = restored.restore(snapshot, of: room)
        #expect(isTaken)
        #expect(restored[room]?.hasMembers == true)
        var empty = RoomStates()
        let isNothingTaken = empty.restore([], of: room)
        #expect(isNothingTaken)
        #expect(empty[room]?.hasMembers == false)
    }

    @Test func `a snapshot that is cut short anywhere but between members is refused`() throws {
        let whole = try loaded().snapshot(of: room)
        var boundaries: Set<Int> = [1]
        var index = 1
        while index < whole.count {
            index += 2 + Int(whole[index + 1])
            boundaries.insert(index)
        }
        for length in 1..<whole.count {
            var restored = RoomStates()
            let isWhole = restored.restore(Array(whole.prefix(length)), of: room)
            #expect(isWhole == boundaries.contains(length), "cut to \(length) bytes")
            #expect(restored[room]?.hasMembers == isWhole)
        }
    }

    @Test(
        arguments: [
            [2],  // another version
            [1, 5, 4, 0x40, 0x61, 0x3A, 0x62],  // no such membership
            [1, 1, 2, 0x40, 0x61],  // too short for a user ID
            [1, 1, 4, 0x61, 0x61, 0x3A, 0x62],  // no sigil
            [1, 1],
        ] as [[UInt8]]
    )
    func `damage is refused`(_ bytes: [UInt8]) {
        var rooms = RoomStates()
        let isTaken = rooms.restore(bytes, of: room)
        #expect(!isTaken)
        #expect(rooms[room]?.hasMembers == false)
        #expect(rooms.members(of: room).isEmpty)
    }

    @Test func `no bytes whatever bring it down`() throws {
        let whole = try loaded().snapshot(of: room)
        var numbers = SeededNumbers(seed: 7)
        for _ in 0..<2_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &numbers) {
                bytes[Int.random(in: 0..<bytes.count, using: &numbers)] = UInt8.random(in: 0...255, using: &numbers)
            }
            var restored = RoomStates()
            restored.setProtected(true, room)
            restored.restore(bytes, of: room)
            // Whatever came of it can be walked, found and written.
            #expect(restored.members(of: room).count <= restored.memberCount)
            _ = restored.presentUsers(matching: "@*:b.org")
            _ = restored.presentServers
            _ = restored.snapshot(of: room)
        }
    }
}
