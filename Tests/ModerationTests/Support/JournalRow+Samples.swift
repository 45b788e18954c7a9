import BotHarness
import JSON
import MatrixCore
import Moderation
import Protections
import TestSupport

extension JournalRow {
    /// A row as the decision makes it, with only what a test is about spelled out.
    static func sample(
        _ id: Int64,
        _ action: Action,
        _ lane: Lane = .bans,
        isDesire: Bool = true,
        status: Status = .pending
    ) -> JournalRow {
        JournalRow(
            id: id,
            action: action,
            cause: .upkeep("a test"),
            lane: lane,
            isDesire: isDesire,
            askedAt: 0,
            status: status
        )
    }

    static func ban(_ id: Int64, _ user: UserID, in room: RoomID, lane: Lane = .bans) -> JournalRow {
        sample(id, .ban(user, in: room, reason: "spam"), lane)
    }

    static func message(_ id: Int64, in room: RoomID = "!m:a.org", lane: Lane) -> JournalRow {
        sample(id, .sendEvent(.message, content: [:], in: room), lane, isDesire: false)
    }
}

extension ActionQueue {
    /// A queue of rows that are on disk.
    init(_ rows: JournalRow...) {
        self.init()
        for row in rows { put(row) }
        markCommitted()
    }

    /// What is sent one after another, each answered before the next.
    mutating func drain(at now: Duration = .zero, limit: Int = 1_000) -> [Int64] {
        var sent: [Int64] = []
        while sent.count < limit, let row = next(at: now) {
            sent.append(row.id)
            landed(row.id)
            remove(row.id)
        }
        return sent
    }

    /// What is sent with no answer yet.
    mutating func start(at now: Duration = .zero) -> [Int64] {
        var sent: [Int64] = []
        while let row = next(at: now) { sent.append(row.id) }
        return sent
    }
}
