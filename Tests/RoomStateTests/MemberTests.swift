import MatrixCore
import RoomState
import TestSupport
import Testing

@Suite struct MemberTests {
    private let room: RoomID = "!a:a.org"
    private let eve: UserID = "@eve:b.org"

    @Test(
        arguments: [
            (nil, .join, true), (nil, .ban, false), (.leave, .join, true), (.join, .leave, false), (.join, .ban, false),
            (.invite, .join, false), (.leave, .invite, true), (.ban, .knock, true), (.knock, .invite, false),
        ] as [(Membership?, Membership, Bool)]
    )
    func `a transition tells what was and what is`(
        _ before: Membership?,
        _ after: Membership,
        becomesPresent: Bool
    ) throws {
        var rooms = RoomStates()
        if let before { rooms.set(eve, before, in: room) }
        let change = rooms.set(eve, after, in: room)
        let transition = try #require(change)
        #expect(transition.before?.membership == before)
        #expect(transition.after.membership == after)
        #expect(transition.becamePresent == becomesPresent)
        #expect(rooms.membership(of: eve, in: room) == after)
    }

    @Test func `what is known already is no transition`() {
        var rooms = RoomStates()
        rooms.set(eve, .join, in: room)
        let again = rooms.set(eve, .join, in: room)
        #expect(again == nil)
        // Who set it is part of it: a kick is not a leave.
        rooms.set(eve, .leave, in: room)
        let kick = rooms.set(eve, .leave, in: room, byOther: true)
        #expect(kick != nil)
        #expect(rooms.record(of: eve, in: room)?.wasSetByOther == true)
    }

    @Test(arguments: Membership.allCases, [false, true])
    func `a record survives its byte`(_ membership: Membership, byOther: Bool) {
        let record = MemberRecord(membership, wasSetByOther: byOther)
        #expect(MemberRecord(byte: record.byte) == record)
        #expect(record.membership == membership)
        #expect(record.wasSetByOther == byOther)
    }

    @Test(arguments: [5, 0x7F, 0x85, 0xFF] as [UInt8])
    func `a byte that means nothing is no record`(_ byte: UInt8) { #expect(MemberRecord(byte: byte) == nil) }

    @Test func `presence counts users and not memberships, of protected rooms only`() {
        var rooms = RoomStates()
        let other: RoomID = "!b:a.org"
        rooms.set(eve, .join, in: room)
        rooms.set(eve, .invite, in: other)
        #expect(rooms.presentUserCount == 0)
        rooms.setProtected(true, room)
        rooms.setProtected(true, other)
        rooms.setProtected(true, other)
        #expect(rooms.presentUserCount == 1)
        rooms.setProtected(false, room)
        #expect(rooms.presentUserCount == 1)
        rooms.set(eve, .leave, in: other)
        #expect(rooms.presentUserCount == 0)
        #expect(rooms.presentEverywhere == [])
    }

    @Test func `a protected room that is forgotten counts nobody until members come again`() {
        var rooms = RoomStates()
        rooms.setProtected(true, room)
        rooms.set(eve, .join, in: room)
        rooms.forget(room)
        #expect(rooms.presentUserCount == 0)
        #expect(rooms[room]?.isProtected == true)
        #expect(rooms[room]?.joinedCount == 0)
        rooms.set(eve, .join, in: room)
        #expect(rooms.presentUserCount == 1)
        #expect(rooms[room]?.joinedCount == 1)
    }

    @Test func `a room that is let go and comes again is a new one`() {
        var rooms = RoomStates()
        rooms.setProtected(true, room)
        rooms.set(eve, .join, in: room)
        rooms.untrack(room)
        #expect(rooms[room] != nil)  // protected rooms are not let go
        rooms.setProtected(false, room)
        rooms.untrack(room)
        #expect(rooms[room] == nil)
        #expect(rooms.trackedRooms == [])
        #expect(rooms.rooms(of: eve).isEmpty)
        rooms.track(room)
        #expect(rooms.membership(of: eve, in: room) == nil)
        #expect(rooms[room]?.hasMembers == false)
    }

    @Test func `users who look alike are two`() {
        var rooms = RoomStates()
        // KELVIN SIGN and K, ANGSTROM SIGN and A with a ring composed and decomposed: equal for String.
        let lookalikes: [UserID] = [
            "@\u{212A}:b.org", "@K:b.org", "@\u{212B}:b.org", "@\u{C5}:b.org", "@A\u{30A}:b.org",
        ]
        for user in lookalikes { rooms.set(user, .join, in: room) }
        #expect(rooms.userCount == 5)
        rooms.set("@K:b.org", .ban, in: room)
        #expect(rooms.membership(of: "@\u{212A}:b.org", in: room) == .join)
        #expect(rooms.membership(of: "@K:b.org", in: room) == .ban)
        #expect(rooms.members(of: room).count == 5)
    }

    @Test func `users beyond the bound are not taken in, and counted`() {
        var rooms = RoomStates(maximumUsers: 2)
        rooms.set("@a:b.org", .join, in: room)
        rooms.set("@b:b.org", .join, in: room)
        let refused = rooms.set("@c:b.org", .join, in: room)
        #expect(refused == nil)
        #expect(rooms.refusedUsers == 1)
        let known = rooms.set("@a:b.org", .leave, in: room)
        #expect(known != nil)
        #expect(rooms.membership(of: "@c:b.org", in: room) == nil)
        #expect(rooms[room]?.joinedCount == 1)
    }
}
