import MatrixCore
import Moderation
import Protections
import TestSupport

/// Changesets over few rooms, users and rows, so that they meet each other often.
struct RandomChangesets {
    var generator: SeededNumbers

    private static let rooms: [RoomID] = ["!a:b.example", "!K", "!\u{212A}", "!z"]
    private static let users: [UserID] = ["@a:b.example", "@K:b.example", "@\u{212A}:b.example", "@:b.example"]
    private static let keys = ["", "\0", "@a:b.example", "\u{e9}", "e\u{301}"]
    private static let types: [EventType] = [.name, .powerLevels, EventType(rawValue: ""), EventType(rawValue: "\0")]

    mutating func next() -> Changeset {
        var changeset = Changeset(position: chance(2) ? nil : "s\(number(1_000))")
        for room in Self.rooms where chance(2) { changeset.rooms[room] = roomChange() }
        changeset.rows = (0..<number(6)).map { _ in journalRow() }
        for name in ["a", "b", ""] where chance(3) { changeset.documents[name] = .some(chance(3) ? nil : bytes()) }
        return changeset
    }

    private mutating func roomChange() -> RoomChange {
        var change = RoomChange()
        change.forgets = chance(5)
        change.snapshot = chance(3) ? bytes() : nil
        change.members = (0..<number(4)).map { _ in
            MemberChange(user: pick(Self.users), record: UInt8(number(256)))
        }
        change.state = (0..<number(4)).map { _ in
            RoomEvent(
                id: "$event",
                type: pick(Self.types),
                sender: pick(Self.users),
                stateKey: chance(8) ? nil : pick(Self.keys),
                timestamp: Int64(bitPattern: generator.next()),
                content: bytes(),
                age: chance(2) ? 5 : nil
            )
        }
        return change
    }

    private mutating func journalRow() -> JournalRow {
        var row = JournalRow(
            id: Int64(number(30)) + 1,
            action: pick(everyAction),
            cause: pick(everyCause),
            lane: pick(Lane.allCases),
            isDesire: chance(2),
            run: chance(2) ? nil : "$run",
            askedAt: Int64(number(1_000)),
            status: pick(JournalRow.Status.allCases)
        )
        row.doneAt = chance(2) ? nil : Int64(number(1_000))
        row.result = chance(2) ? nil : "why"
        row.attempts = number(5)
        row.resultEvent = chance(2) ? nil : "$result"
        row.undoneBy = chance(2) ? nil : Int64(number(30))
        return row
    }

    mutating func number(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &generator) }
    mutating func chance(_ oneIn: Int) -> Bool { number(oneIn) == 0 }
    private mutating func bytes() -> [UInt8] { (0..<number(20)).map { _ in UInt8(number(256)) } }

    private mutating func pick<Element>(_ list: [Element]) -> Element {
        list[number(list.count)]
    }
}
