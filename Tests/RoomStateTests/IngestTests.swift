import JSON
import MatrixCore
import RoomState
import TestSupport
import Testing

/// What `/state` and `/sync` bring, from bytes.
enum JSONScannerOfState {
    static func load(
        _ state: String,
        into rooms: inout RoomStates,
        of room: RoomID,
        withMembers: Bool = true
    ) throws -> (malformed: Int, others: [RoomEvent]) {
        let plan = [ScanPath("[]", fields: EventFields.plan)]
        return try JSONScanner(plan).scan(OwnedPaddedBytes(state)) { scan in
            var others: [RoomEvent] = []
            let malformed = rooms.load(scan, of: room, withMembers: withMembers) { others.append($0) }
            return (malformed, others)
        }
    }
}

@Suite struct IngestTests {
    private let room: RoomID = "!a:a.org"

    private func member(_ user: String, _ membership: String, by sender: String? = nil) -> String {
        #"{"type":"m.room.member","state_key":"\#(user)","sender":"\#(sender ?? user)","event_id":"$1","content":{"membership":"\#(membership)","displayname":"x"}}"#
    }

    @Test(
        arguments: [
            ("join", .join), ("leave", .leave), ("invite", .invite), ("knock", .knock), ("ban", .ban),
        ] as [(String, Membership)]
    )
    func `a member event is taken in`(_ word: String, _ membership: Membership) throws {
        var rooms = RoomStates()
        let event = member("@eve:b.org", word, by: "@mod:a.org")
        let record = MemberRecord(membership, wasSetByOther: true)
        #expect(
            try ingest("[\(event),\(event)]", into: &rooms, of: room) == [
                .member(MemberTransition(user: "@eve:b.org", room: room, before: nil, after: record)), .known,
            ]
        )
        #expect(rooms.record(of: "@eve:b.org", in: room) == record)
    }

    @Test func `escapes in a user's name are read`() throws {
        var rooms = RoomStates()
        _ = try ingest("[\(member(#"@e\u0076\"e:b.org"#, "join"))]", into: &rooms, of: room)
        #expect(rooms.membership(of: #"@ev"e:b.org"#, in: room) == .join)
        #expect(rooms.record(of: #"@ev"e:b.org"#, in: room)?.wasSetByOther == false)
    }

    @Test(arguments: [
        "@:b.org", "@UPPER:b.org", "@a b/=+:b.org", "@\u{E9}\u{1F608}:b.org", "@a:[::1]:8448", "@a:b:c:d",
    ])
    func `historical users are members`(_ user: String) throws {
        var rooms = RoomStates()
        _ = try ingest("[\(member(user, "join"))]", into: &rooms, of: room)
        #expect(try rooms.membership(of: UserID(parsing: user), in: room) == .join)
    }

    @Test(arguments: [
        #"{"type":"m.room.member","state_key":"@eve:b.org","sender":"@eve:b.org","event_id":"$1","content":{}}"#,
        #"{"type":"m.room.member","state_key":"@eve:b.org","sender":"@eve:b.org","event_id":"$1","content":{"membership":"JOIN"}}"#,
        #"{"type":"m.room.member","state_key":"@eve:b.org","sender":"@eve:b.org","event_id":"$1","content":{"membership":7}}"#,
        #"{"type":"m.room.member","state_key":"@eve:b.org","sender":"@eve:b.org","event_id":"$1","content":[]}"#,
        #"{"type":"m.room.member","state_key":"@eve:b.org","sender":"@eve:b.org","event_id":"$1"}"#,
        #"{"type":"m.room.member","state_key":"eve","sender":"@eve:b.org","event_id":"$1","content":{"membership":"join"}}"#,
        #"{"type":"m.room.member","state_key":"@eve","sender":"@eve:b.org","event_id":"$1","content":{"membership":"join"}}"#,
        #"{"type":"m.room.member","state_key":"@eve:","sender":"@eve:b.org","event_id":"$1","content":{"membership":"join"}}"#,
        #"{"type":"m.room.member","state_key":"","sender":"@eve:b.org","event_id":"$1","content":{"membership":"join"}}"#,
        #"{"type":"m.room.member","sender":"@eve:b.org","event_id":"$1","content":{"membership":"join"}}"#,
        #"{"type":"m.room.member","state_key":null,"sender":"@eve:b.org","event_id":"$1","content":{"membership":"join"}}"#,
        #"{"type":"m.room.member","state_key":"@e\u0000:b.org","sender":"@eve:b.org","event_id":"$1","content":{"membership":"join"}}"#,
    ])
    func `a malformed member event is evidence and changes nothing`(_ event: String) throws {
        var rooms = RoomStates()
        let evidence = MalformedEvent(problem: .content, id: "$1", sender: "@eve:b.org")
        #expect(try ingest("[\(event)]", into: &rooms, of: room) == [.malformed(evidence)])
        #expect(rooms.memberCount == 0)
    }

    @Test(arguments: [
        #"{"type":"m.room.name","state_key":"","sender":"@eve:b.org","event_id":"$1","content":{"membership":"join"}}"#,
        #"{"type":"m.room.member2","state_key":"@eve:b.org","sender":"@eve:b.org","event_id":"$1","content":{"membership":"join"}}"#,
        "7", "null", #""m.room.member""#, "[]", "{}",
    ])
    func `what is no member event is left to others`(_ event: String) throws {
        var rooms = RoomStates()
        #expect(try ingest("[\(event)]", into: &rooms, of: room) == [.other])
    }

    @Test func `a state is taken in whole, and one bad event costs itself`() throws {
        var rooms = RoomStates()
        rooms.setProtected(true, room)
        rooms.set("@old:b.org", .join, in: room)
        let state = [
            member("@eve:b.org", "join"), member("@mallory:b.org", "ban", by: "@mod:a.org"), member("broken", "join"),
            #"{"type":"m.room.create","state_key":"","sender":"@mod:a.org","event_id":"$2","content":{"room_version":"11"}}"#,
            #"{"type":"m.room.name","state_key":"","event_id":"$3","content":{"name":"no sender"}}"#, "12",
        ].joined(separator: ",")
        let (malformed, others) = try JSONScannerOfState.load("[\(state)]", into: &rooms, of: room)
        #expect(malformed == 3)
        #expect(others.map(\.id) == ["$2"])
        #expect(
            rooms.members(of: room) == [
                "@eve:b.org": MemberRecord(.join, wasSetByOther: false),
                "@mallory:b.org": MemberRecord(.ban, wasSetByOther: true),
            ]
        )
        #expect(rooms[room]?.hasMembers == true)
        #expect(rooms[room]?.isProtected == true)
        #expect(rooms.presentUserCount == 1)
    }

    @Test func `of a list's room no member is kept`() throws {
        var rooms = RoomStates()
        let state = "[\(member("@eve:b.org", "join"))]"
        _ = try JSONScannerOfState.load(state, into: &rooms, of: room, withMembers: false)
        #expect(rooms.memberCount == 0)
        #expect(rooms[room]?.hasMembers == false)
    }

    // MARK: Kept state

    private func event(
        _ type: EventType,
        _ content: String,
        id: EventID = "$1",
        by sender: UserID = "@mod:a.org"
    )
        -> RoomEvent
    {
        RoomEvent(id: id, type: type, sender: sender, stateKey: "", content: Array(content.utf8))
    }

    @Test func `power and creation are read as they come`() throws {
        var rooms = RoomStates()
        let isCreateKept = rooms.keep(
            event(.create, #"{"room_version":"12","additional_creators":["@two:a.org"]}"#),
            in: room
        )
        let areLevelsKept = rooms.keep(event(.powerLevels, #"{"users":{"@eve:b.org":100},"ban":"75"}"#), in: room)
        #expect(isCreateKept && areLevelsKept)
        let authority = try #require(rooms[room]?.authority)
        #expect(authority.power(of: "@two:a.org") == .creator)
        #expect(authority.power(of: "@eve:b.org") == .level(100))
        #expect(authority.effectiveLevels.ban == 75)
    }

    @Test func `what nobody acts on is not kept`() {
        var rooms = RoomStates()
        let isKept = rooms.keep(event(EventType(rawValue: "m.room.topic"), "{}"), in: room)
        #expect(!isKept)
    }

    @Test(
        arguments: [
            (.serverACL, true), (.name, true), (.tombstone, true), (.create, false), (.powerLevels, false),
            (.joinRules, false),
        ] as [(EventType, Bool)]
    )
    func `a redaction blanks state, but for what it leaves alone`(_ type: EventType, isBlanked: Bool) {
        var rooms = RoomStates()
        _ = rooms.keep(event(type, #"{"a":1}"#), in: room)
        let blank = rooms.redact("$1", in: room)
        #expect((blank != nil) == isBlanked)
        #expect(rooms[room]?.state[StateKey(type)]?.content == Array((isBlanked ? "{}" : #"{"a":1}"#).utf8))
        let unknown = rooms.redact("$2", in: room)
        #expect(unknown == nil)
    }
}
