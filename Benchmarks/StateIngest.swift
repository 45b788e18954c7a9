import JSON
import MatrixCore
import RoomState

/// From the bytes of `/state` to interned memberships.
func measureStateIngest(_ report: Report) throws {
    let rooms = try (0..<100).map { number in
        let room = "!room\(number):bench.example"
        let members = (0..<1_000).map { (number * 1_000 + $0) % 30_000 }
        return (id: try RoomID(parsing: room), body: OwnedPaddedBytes(MadeUpState.body(ofRoom: room, members: members)))
    }
    try measure(rooms, "100 rooms of 1,000, 30,000 users", report)
    let large = OwnedPaddedBytes(MadeUpState.body(ofRoom: "!large:bench.example", members: 0..<100_000))
    try measure([(try RoomID(parsing: "!large:bench.example"), large)], "1 room of 100,000", report)
}

private func measure(_ rooms: [(id: RoomID, body: OwnedPaddedBytes)], _ what: String, _ report: Report) throws {
    let scanner = try JSONScanner([ScanPath("[]", fields: EventFields.statePlan)])
    let size = rooms.reduce(0) { $0 + $1.body.count }
    let bare = try best {
        for room in rooms { try scanner.scan(room.body) { keep($0.count) } }
    }
    var count = 0
    let ingest = try best {
        var states = RoomStates()
        for room in rooms { try scanner.scan(room.body) { scan in _ = states.load(scan, of: room.id) { keep($0) } } }
        count = states.memberCount
    }
    report.line(
        "/state of \(what): \(size / count) B a member",
        atLeast: 1_000,
        rate(size, in: ingest),
        "MB/s",
        beside: "bare scan \(rounded(rate(size, in: bare))) MB/s"
    )
}
