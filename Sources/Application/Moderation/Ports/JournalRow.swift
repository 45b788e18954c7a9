package import MatrixCore
package import Protections

/// One consequence from decision to result: a row of the queue while it is open, of the journal ever after.
package struct JournalRow: Sendable, Equatable, Identifiable {
    package enum Status: String, Sendable, Codable, CaseIterable {
        /// In the queue.
        case pending
        /// In the queue, but not to be tried until what refused it changes.
        case parked
        /// The homeserver did it, or its effect was observed.
        case done
        /// Given up; `result` says why.
        case failed
        /// No longer wanted before it was sent: a newer desire took its place, or a check found it needless.
        case dropped
        /// Not sent, because this is a dry run.
        case simulated

        package var isOpen: Bool { self == .pending || self == .parked }
    }

    package let id: Int64
    package private(set) var action: Action
    package let cause: Cause
    package var lane: Lane
    /// Computed from policy: checked again before it is sent, and computed anew at every reconciliation.
    package let isDesire: Bool
    /// The command run that waits for its answer, by the command's event.
    package let run: EventID?
    /// Milliseconds since 1970.
    package let askedAt: Int64
    package var doneAt: Int64?
    package var status: Status
    /// Why it is parked, failed or dropped, in words for a person; nil otherwise.
    package var result: String?
    package var attempts: Int
    /// The event that came of it.
    package var resultEvent: EventID?
    /// The row that undid it.
    package var undoneBy: Int64?

    package init(
        id: Int64,
        action: Action,
        cause: Cause,
        lane: Lane,
        isDesire: Bool,
        run: EventID? = nil,
        askedAt: Int64,
        status: Status = .pending
    ) {
        self.id = id
        self.action = action
        self.cause = cause
        self.lane = lane
        self.isDesire = isDesire
        self.run = run
        self.askedAt = askedAt
        self.status = status
        attempts = 0
    }

    /// The row as it is sent, its action worked out.
    func sending(_ action: Action) -> JournalRow {
        var row = self
        row.action = action
        return row
    }
}

/// What goes first when not everything can; lower goes first.
package enum Lane: Int, Sendable, Codable, CaseIterable, Comparable {
    /// Bans of those who spoke lately in the room.
    case urgentBans
    case bans
    case serverACLs
    case redactions
    /// Joins, account data, policy writes, state loads, gaps.
    case housekeeping
    case notices
    /// What a person waits for; has permits of its own.
    case answers

    package static func < (left: Lane, right: Lane) -> Bool { left.rawValue < right.rawValue }
}
