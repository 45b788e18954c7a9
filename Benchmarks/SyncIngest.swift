import JSON
import MatrixCore
import Moderation

/// Incremental answers of sync, through all that is decided on them.
func measureSyncIngest(_ report: Report) async throws {
    var community = try Community(rooms: 200, membersOfARoom: 1_000, users: 60_000, rules: 1_000)
    try await community.take(sync: community.firstSync, isCatchUp: true) { keep($0) }
    let bodies = (0..<5).map { syncBody(of: community, round: $0) }
    let events = 200 * 50
    let plan = ScanPath("rooms.join.*.timeline.events[]", fields: EventFields.plan)
    let scanner = try JSONScanner([plan])
    let first = OwnedPaddedBytes(bodies[0])
    let bare = try best { try scanner.scan(first) { keep($0.count) } }
    // Another body each time: what was known already costs less.
    var times: [Duration] = []
    for body in bodies {
        let start = processorTime()
        try await community.take(sync: body, isCatchUp: false) { keep($0) }
        times.append(processorTime() - start)
    }
    let time = times.min() ?? .zero
    report.line(
        "sync of \(events) events in 200 rooms, one in ten a member",
        "\(rounded(rate(bodies[0].count, in: time))) MB/s",
        beside: "bare scan \(rounded(rate(bodies[0].count, in: bare))) MB/s"
    )
    let rate = Double(events) / (time / .seconds(1))
    report.line("  the same in events", atLeast: 200_000, rate, "/s", beside: "\(text(time)) for the body")
}

private func syncBody(of community: Community, round: Int) -> [UInt8] {
    var timelines = Timelines()
    for (place, room) in community.rooms.enumerated() {
        var events = MadeUpState(room: room)
        for number in 0..<50 {
            let user = (round * 10_000 + place * 50 + number) % 60_000
            if number % 10 == 0 {
                events.addMembership("join", of: MadeUpState.user(100_000 + user), named: "Newcomer", user)
            } else {
                let text = "Hello, everybody, I am number \(number) and have to say \\u201ehello\\u201c to you all."
                let content = #"{"msgtype":"m.text","body":"\#(text)"}"#
                events.add("m.room.message", key: nil, by: MadeUpState.user(user), content)
            }
        }
        timelines.add(room, events.bytes)
    }
    return timelines.body
}

/// An incremental answer of sync, of timelines alone.
struct Timelines {
    private var rooms = ""

    mutating func add(_ room: String, _ events: [UInt8]) {
        if !rooms.isEmpty { rooms += "," }
        rooms += #""\#(room)":{"timeline":{"limited":false,"prev_batch":"p1","events":["#
        rooms += String(decoding: events, as: UTF8.self) + "]}}"
    }

    var body: [UInt8] { Array(#"{"next_batch":"s1","rooms":{"join":{\#(rooms)}}}"#.utf8) }
}
