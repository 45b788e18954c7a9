import MatrixCore
import Protections

/// The sanctions that are under way together: what is told of them, in one message.
///
/// A wave begins with the first row and ends when none is left to be sent.
struct Wave: Sendable {
    private(set) var startedAt: Moment?
    private(set) var total = 0
    private(set) var done = 0
    private(set) var open: Set<Int64> = []
    private(set) var users: Set<UserID> = []
    private(set) var rooms: Set<RoomID> = []
    private(set) var acls: Set<RoomID> = []
    /// Why rows were parked or given up, by room.
    private(set) var problems: [RoomID: String] = [:]
    private(set) var problemCount = 0
    var message: EventID?
    var messageRow: Int64?
    var lastTold: Duration?

    /// Most rooms whose problems are kept; the others are counted.
    private static let maximumProblems = 20

    var isOver: Bool { startedAt != nil && open.isEmpty }
    var left: Int { open.count }

    mutating func note(_ row: JournalRow, at now: Moment) {
        guard row.isDesire else { return }
        switch row.status {
        case .pending:
            guard open.insert(row.id).inserted else { return }
            if startedAt == nil { startedAt = now }
            total += 1
        case .done:
            guard open.remove(row.id) != nil else { return }
            done += 1
            if let user = row.action.target { users.insert(user) }
            if let room = row.action.room {
                if case .setServerACL = row.action { acls.insert(room) } else { rooms.insert(room) }
            }
        case .parked, .failed:
            open.remove(row.id)
            if startedAt == nil { startedAt = now }
            problemCount += 1
            if let room = row.action.room, problems.count < Self.maximumProblems {
                problems[room] = row.result ?? "refused"
            }
        case .dropped, .simulated: open.remove(row.id)
        }
    }
}
