import Commands
import MatrixCore
import PolicyEngine
import Protections
import RoomState

/// Whether what is in the queue is still wanted, and may be done.
extension ModerationState {
    /// Whether a computed row is still right; asked once more just before it is sent.
    package func isStillWanted(_ row: JournalRow) -> Bool {
        guard row.isDesire else { return true }
        switch row.action {
        case .ban(let user, let room, _):
            return bot.appliesMemberBans && policies.verdict(user: user).ban != nil && !isSpared(user)
                && isBannable(user, in: room)
        case .setServerACL(_, let room): return bot.appliesServerBans && bot.protects(room) && bot.joined.contains(room)
        default: return true
        }
    }

    mutating func dropWhatIsNotWantedAnyMore() {
        for row in queue.rows.values.sorted(by: { $0.id < $1.id })
        where row.isDesire && !queue.isInFlight(row.id) && !isStillWanted(row) {
            close(row, .dropped, "no rule asks for it any more")
        }
    }

    /// Tries again what was refused in a room: its power levels or the bot's place in it have changed.
    mutating func unpark(_ room: RoomID) {
        for row in queue.rowsParked(in: room) {
            if isStillWanted(row) { revive(row) } else { close(row, .dropped, "no longer wanted") }
        }
    }

    /// Tries again what a homeserver refuses though the bot has the power: it may have been in trouble, or have been
    /// configured otherwise since.
    mutating func retryParked() {
        guard phase == .enforcing else { return }
        guard let last = lastParkedRetry else { return lastParkedRetry = now.monotonic }
        guard now.monotonic - last >= .seconds(3_600) else { return }
        lastParkedRetry = now.monotonic
        for room in queue.parkedRooms.keys.sorted() { unpark(room) }
    }

    /// Tries a parked row again, unless it is plain that it will be refused again.
    mutating func revive(_ row: JournalRow) {
        var row = row
        let problem = problem(of: row)
        if let problem, row.result.map({ equalByBytes($0, problem) }) == true { return }
        row.result = problem
        row.status = problem == nil ? .pending : .parked
        put(row)
        wave.note(row, at: now)
    }

    private func problem(of row: JournalRow) -> String? {
        switch row.action {
        case .ban(let user, let room, _): powerProblem(.ban, of: user, in: room)
        case .setServerACL(_, let room): aclPowerProblem(in: room)
        default: nil
        }
    }

    /// Why the bot has not the power, in words; nil where it has.
    func powerProblem(_ verb: MembershipVerb, of user: UserID, in room: RoomID) -> String? {
        guard let authority = rooms[room]?.authority else { return nil }
        do throws(PowerProblem) {
            try authority.check(verb, of: user, by: bot.user)
            return nil
        } catch {
            return error.words
        }
    }
}

extension PowerProblem {
    /// In words that name the numbers and the remedy.
    package var words: String {
        switch self {
        case .tooLittle(let has, let needs): "I have \(has.words) and need \(needs): raise mine"
        case .targetIsNotBelow(let target, let own):
            "they have \(target.words) and I have \(own.words): raise mine above theirs, or lower theirs"
        }
    }
}

extension Power {
    package var words: String {
        switch self {
        case .level(let level): "power level \(level)"
        case .creator: "a creator's power"
        }
    }
}
