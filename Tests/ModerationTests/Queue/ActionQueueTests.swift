import BotHarness
import JSON
import MatrixCore
import Moderation
import Protections
import TestSupport
import Testing

@Suite struct ActionQueueTests {
    private let a: RoomID = "!a:a.org"
    private let b: RoomID = "!b:a.org"
    private let c: RoomID = "!c:a.org"
    private let eve: UserID = "@eve:b.org"
    private let mallory: UserID = "@mallory:b.org"

    // MARK: Order

    @Test func `lanes go in their order`() {
        var queue = ActionQueue()
        let lanes = Lane.allCases.filter { $0 != .answers }
        for (number, lane) in lanes.reversed().enumerated() {
            queue.put(.sample(Int64(number), .leave(RoomID.numbered(number)), lane))
        }
        queue.markCommitted()
        #expect(queue.drain() == Array((0..<Int64(lanes.count)).reversed()))
    }

    @Test func `one room goes in order and one at a time`() {
        var queue = ActionQueue(.ban(1, eve, in: a), .ban(2, mallory, in: a), .ban(3, eve, in: b))
        #expect(queue.start() == [1, 3])
        queue.landed(1)
        queue.remove(1)
        #expect(queue.start() == [2])
    }

    @Test func `a room in which something is under way lets no other lane through`() {
        var queue = ActionQueue(.ban(1, eve, in: a), .message(2, in: a, lane: .notices))
        #expect(queue.start() == [1])
        queue.landed(1)
        queue.remove(1)
        #expect(queue.start() == [2])
    }

    @Test func `what is about no room goes side by side`() {
        var queue = ActionQueue(
            .sample(1, .createRoom(RoomTemplate(preset: .privateChat)), .housekeeping),
            .sample(2, .resolve("#x:a.org"), .housekeeping)
        )
        #expect(queue.start() == [1, 2])
    }

    @Test(
        arguments: [
            // Whoever spoke in it last; then the larger one; then the first.
            ([(5, 1), (9, 1), (7, 1)], [2, 3, 1]),
            ([(5, 10), (5, 30), (5, 20)], [2, 3, 1]),
            ([(5, 30), (6, 1), (5, 40)], [2, 3, 1]),
            ([(5, 1), (5, 1), (5, 1)], [1, 2, 3]),
        ] as [([(Int, Int)], [Int64])]
    )
    func `the more urgent room goes first`(_ rooms: [(activity: Int, joined: Int)], order: [Int64]) {
        var queue = ActionQueue()
        for (number, room) in rooms.enumerated() {
            let urgency = RoomUrgency(lastActivity: .seconds(room.activity), joinedCount: room.joined)
            queue.put(.ban(Int64(number + 1), eve, in: RoomID.numbered(number)), urgency: urgency)
        }
        queue.markCommitted()
        #expect(queue.drain() == order)
    }

    @Test func `rooms take turns, the more urgent first in each`() {
        var queue = ActionQueue()
        for (number, room) in [a, a, a, b, b, c].enumerated() {
            let urgency = RoomUrgency(lastActivity: .seconds(room == b ? 9 : 1))
            queue.put(.ban(Int64(number + 1), eve, in: room), urgency: urgency)
        }
        queue.markCommitted()
        #expect(queue.drain() == [4, 1, 6, 5, 2, 3])
    }

    @Test func `a row that is taken out leaves its room's turn to the next`() {
        var queue = ActionQueue(.ban(1, eve, in: a), .ban(2, mallory, in: a), .ban(3, eve, in: b))
        queue.remove(1)
        queue.remove(3)
        #expect(queue.drain() == [2])
    }

    // MARK: Answers

    @Test func `answers take one permit in ten while other work waits`() {
        var queue = ActionQueue()
        for number in 0..<40 { queue.put(.ban(Int64(number), eve, in: RoomID.numbered(number))) }
        for number in 0..<4 { queue.put(.message(100 + Int64(number), lane: .answers)) }
        queue.markCommitted()
        let order = queue.drain()
        #expect(order.enumerated().filter { $0.element >= 100 }.map(\.offset) == [0, 10, 20, 30])
    }

    @Test func `answers go at once where nothing else waits`() {
        var queue = ActionQueue(
            .message(1, lane: .answers),
            .message(2, lane: .answers),
            .message(3, lane: .answers)
        )
        #expect(queue.drain() == [1, 2, 3])
    }

    @Test func `an answer takes the permit that other work cannot use`() {
        var queue = ActionQueue(.ban(1, eve, in: a), .ban(2, mallory, in: a), .message(3, lane: .answers))
        #expect(queue.start() == [3, 1])
        queue.put(.message(4, in: b, lane: .answers))
        queue.markCommitted()
        #expect(queue.start() == [4])
    }

    // MARK: Merging

    @Test(
        arguments: [
            (
                .ban("@eve:b.org", in: "!a:a.org", reason: "spam"), .ban("@eve:b.org", in: "!a:a.org", reason: "other"),
                true
            ),
            (.ban("@eve:b.org", in: "!a:a.org", reason: ""), .ban("@eve:b.org", in: "!b:a.org", reason: ""), false),
            (.ban("@eve:b.org", in: "!a:a.org", reason: ""), .ban("@Eve:b.org", in: "!a:a.org", reason: ""), false),
            // Canonically equal, and two accounts.
            (
                .ban("@\u{212B}:b.org", in: "!a:a.org", reason: ""), .ban("@\u{C5}:b.org", in: "!a:a.org", reason: ""),
                false
            ),
            (.ban("@eve:b.org", in: "!a:a.org", reason: ""), .kick("@eve:b.org", in: "!a:a.org", reason: ""), false),
            (
                .setServerACL(ServerACLContent(deny: ["x"]), in: "!a:a.org"),
                .setServerACL(ServerACLContent(deny: ["y"]), in: "!a:a.org"), true
            ),
            (.redact("$1", reason: "x", in: "!a:a.org"), .redact("$1", reason: "y", in: "!a:a.org"), true),
            (.redact("$1", reason: "", in: "!a:a.org"), .redact("$2", reason: "", in: "!a:a.org"), false),
            (.loadState("!a:a.org"), .loadState("!a:a.org"), true),
            (.leave("!a:a.org"), .leave("!a:a.org"), false),
            (
                .sendEvent(.message, content: [:], in: "!a:a.org"), .sendEvent(.message, content: [:], in: "!a:a.org"),
                false
            ),
        ] as [(Action, Action, Bool)]
    )
    func `a row is found by what it wishes`(_ open: Action, _ other: Action, isSame: Bool) {
        let queue = ActionQueue(.sample(1, open))
        #expect(queue.row(wishing: other)?.id == (isSame ? 1 : nil))
    }

    @Test(
        arguments: [
            (.unban("@eve:b.org", in: "!a:a.org"), [1]),
            (.unban("@mallory:b.org", in: "!a:a.org"), []),
            (.ban("@eve:b.org", in: "!b:a.org", reason: ""), [2, 3, 4]),
            (.kick("@eve:b.org", in: "!a:a.org", reason: ""), []),
        ] as [(Action, [Int64])]
    )
    func `an action makes void what is against it`(_ action: Action, rows: [Int64]) {
        let queue = ActionQueue(
            .ban(1, eve, in: a),
            .sample(2, .unban(eve, in: b)),
            .sample(3, .invite(eve, in: b)),
            .sample(4, .kick(eve, in: b, reason: ""))
        )
        #expect(queue.rowsCancelled(by: action).map(\.id).sorted() == rows)
    }

    @Test func `a newer wish is found although the older one lands after it came`() {
        var queue = ActionQueue(.sample(1, .setServerACL(ServerACLContent(deny: ["x"]), in: a)))
        #expect(queue.start() == [1])
        queue.put(.sample(2, .setServerACL(ServerACLContent(deny: ["y"]), in: a)))
        queue.markCommitted()
        queue.landed(1)
        queue.put(.sample(1, .setServerACL(ServerACLContent(deny: ["x"]), in: a), status: .done))
        #expect(queue.row(wishing: .setServerACL(ServerACLContent(), in: a))?.id == 2)
        #expect(queue.start() == [2])
    }

    // MARK: Commit

    @Test func `what is not on disk yet is not sent`() {
        var queue = ActionQueue()
        queue.put(.ban(1, eve, in: a))
        #expect(queue.start() == [])
        queue.markCommitted()
        #expect(queue.start() == [1])
    }

    @Test func `a new row that changes before its first commit is still not on disk`() {
        var queue = ActionQueue()
        var row = JournalRow.ban(1, eve, in: a)
        row.status = .parked
        queue.put(row)
        row.status = .pending
        queue.put(row)
        #expect(queue.start() == [])
        queue.markCommitted()
        #expect(queue.start() == [1])
    }

    @Test func `a row that ended before its first commit is gone`() {
        var queue = ActionQueue()
        queue.put(.ban(1, eve, in: a))
        queue.put(.sample(1, .ban(eve, in: a, reason: "spam"), status: .dropped))
        queue.markCommitted()
        #expect(queue.start() == [])
        #expect(queue.rows.isEmpty)
        #expect(queue.row(wishing: .ban(eve, in: a, reason: "")) == nil)
    }

    // MARK: In flight

    @Test func `a row in flight that an observation closes keeps its room busy until it lands`() {
        var queue = ActionQueue(.ban(1, eve, in: a), .ban(2, mallory, in: a))
        #expect(queue.start() == [1])
        queue.put(.sample(1, .ban(eve, in: a, reason: "spam"), status: .done))
        #expect(queue.rows[1] == nil)
        #expect(queue.isInFlight(1))
        #expect(queue.start() == [])
        queue.landed(1)
        #expect(queue.start() == [2])
    }

    @Test func `a row that came back undone goes before the others of its room`() {
        var queue = ActionQueue(.ban(1, eve, in: a), .ban(2, mallory, in: a))
        #expect(queue.start() == [1])
        queue.landed(1)
        queue.retry(1, at: nil)
        #expect(queue.drain() == [1, 2])
    }

    @Test func `two states of rooms are loaded at once and no more`() {
        var queue = ActionQueue()
        for number in 0..<4 { queue.put(.sample(Int64(number), .loadState(.numbered(number)), .housekeeping)) }
        queue.put(.sample(9, .leave(a), .housekeeping))
        queue.markCommitted()
        #expect(queue.start() == [0, 1, 9])
        queue.landed(1)
        queue.remove(1)
        #expect(queue.start() == [2])
    }

    // MARK: Waiting

    @Test func `a delayed row ripens at its time`() {
        var queue = ActionQueue()
        queue.put(.ban(1, eve, in: a), notBefore: .seconds(5))
        queue.markCommitted()
        #expect(queue.nextRipening == .seconds(5))
        #expect(queue.start(at: .milliseconds(4_999)) == [])
        #expect(queue.start(at: .seconds(5)) == [1])
        #expect(queue.nextRipening == nil)
    }

    @Test func `a delayed row that ripens before it is on disk waits for that`() {
        var queue = ActionQueue()
        queue.put(.ban(1, eve, in: a), notBefore: .seconds(5))
        #expect(queue.start(at: .seconds(6)) == [])
        queue.markCommitted()
        #expect(queue.start(at: .seconds(6)) == [1])
    }

    @Test func `rows that ripen together go in the order of their times`() {
        var queue = ActionQueue()
        for number in 1...20 {
            queue.put(.message(Int64(number), in: a, lane: .notices), notBefore: .seconds(21 - number))
        }
        queue.markCommitted()
        #expect(queue.drain(at: .seconds(30)) == Array((1...20).reversed()))
    }

    @Test func `a parked row waits, and goes once it is pending again`() {
        var queue = ActionQueue(.ban(1, eve, in: a))
        #expect(queue.start() == [1])
        queue.landed(1)
        queue.put(.sample(1, .ban(eve, in: a, reason: "spam"), status: .parked))
        #expect(queue.start() == [])
        #expect(queue.rowsParked(in: a).map(\.id) == [1])
        #expect(queue.row(wishing: .ban(eve, in: a, reason: ""))?.id == 1)
        queue.put(.ban(1, eve, in: a))
        #expect(queue.rowsParked(in: a) == [])
        #expect(queue.parkedRooms.isEmpty)
        #expect(queue.start() == [1])
    }

    @Test func `a pause lets notices and answers through, and keeps the rest`() {
        var queue = ActionQueue(
            .ban(1, eve, in: a),
            .sample(2, .loadState(c), .housekeeping),
            .message(3, lane: .notices),
            .message(4, lane: .answers)
        )
        queue.isPaused = true
        #expect(Set(queue.drain()) == [3, 4])
        queue.isPaused = false
        #expect(queue.drain() == [1, 2])
    }

    @Test func `a wave is under way while sanctions wait to be sent`() {
        var queue = ActionQueue(.message(1, lane: .notices))
        #expect(!queue.hasWave)
        queue.put(.ban(2, eve, in: a))
        #expect(!queue.hasWave)
        queue.markCommitted()
        #expect(queue.hasWave)
        queue.isPaused = true
        #expect(!queue.hasWave)
    }

    @Test func `the depth counts what waits and what is under way, and not what is parked`() {
        var queue = ActionQueue(
            .ban(1, eve, in: a),
            .ban(2, eve, in: b),
            .sample(3, .ban(eve, in: c, reason: ""), status: .parked),
            .message(4, lane: .answers)
        )
        _ = queue.next(at: .zero)
        #expect(queue.depth == [.bans: 2, .answers: 1])
    }
}

extension RoomID {
    static func numbered(_ number: Int) -> RoomID {
        do { return try RoomID(parsing: "!room\(number):a.org") } catch { preconditionFailure("\(error)") }
    }
}
