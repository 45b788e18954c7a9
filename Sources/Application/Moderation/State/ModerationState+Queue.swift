import Commands
import JSON
import MatrixCore
import Protections
import RoomState

/// The only way from a decision to the queue.
extension ModerationState {
    /// Puts an action in the queue and returns its row.
    ///
    /// An open row that wishes the same is taken in its place, unless a run waits for this one; what the action makes void
    /// is dropped. In a dry run what would change something is noted as simulated and not sent.
    @discardableResult
    mutating func enqueue(
        _ action: Action,
        because cause: Cause,
        lane: Lane,
        isDesire: Bool = false,
        run: EventID? = nil,
        delay: Duration = .zero,
        parkedBecause problem: String? = nil
    ) -> Int64 {
        var attempts = 0
        if run == nil, let same = queue.row(wishing: action), same.run == nil {
            if same.action == action, problem == nil || same.status == .parked { return same.id }
            if !queue.isInFlight(same.id) {
                // What may have been done already is looked for, whoever asked for it.
                attempts = same.attempts
                close(same, .dropped, "a newer wish took its place")
            }
        }
        for void in queue.rowsCancelled(by: action) where void.run == nil && !queue.isInFlight(void.id) {
            close(void, .dropped, "taken back")
        }
        lastRowID += 1
        var row = JournalRow(
            id: lastRowID,
            action: action.carrying(transaction: "\(nonce)-\(lastRowID)"),
            cause: cause,
            lane: lane,
            isDesire: isDesire,
            run: run,
            askedAt: now.wallMilliseconds
        )
        row.attempts = attempts
        if settings.isDryRun, action.changesSomething {
            row.status = .simulated
            row.doneAt = now.wallMilliseconds
            draft.rows.append(row)
            return row.id
        }
        if let problem {
            row.status = .parked
            row.result = problem
        }
        put(row, notBefore: delay > .zero ? now.monotonic + delay : nil)
        return row.id
    }

    /// Writes a row's new form to the queue and the journal.
    mutating func put(_ row: JournalRow, notBefore: Duration? = nil) {
        let urgency = row.action.room.map { room in
            RoomUrgency(lastActivity: activity.lastActivity(in: room), joinedCount: rooms[room]?.joinedCount ?? 0)
        }
        queue.put(row, urgency: urgency ?? RoomUrgency(), notBefore: notBefore)
        draft.rows.append(row)
    }

    /// Ends a row; a run that waits for it gets `answer`.
    mutating func close(
        _ row: JournalRow,
        _ status: JournalRow.Status,
        _ result: String? = nil,
        event: EventID? = nil,
        answer: RequestResult? = nil
    ) {
        var row = row
        row.status = status
        row.result = result
        row.resultEvent = event
        row.doneAt = now.wallMilliseconds
        put(row)
        wave.note(row, at: now)
        if let run = row.run { resume(run, row: row.id, with: answer ?? status.answer(result)) }
    }

    mutating func dropNeedless(_ id: Int64) {
        queue.landed(id)
        guard let row = queue.rows[id] else { return }
        // By now it may be wanted again, and nobody else asks for it while this row is open.
        if isStillWanted(row) { return queue.retry(id, at: nil) }
        close(row, .dropped, "not wanted any more when its turn came")
    }

    /// Closes what an observed membership satisfies, whoever brought it about.
    mutating func closeSatisfied(by transition: MemberTransition) {
        let (user, room) = (transition.user, transition.room)
        for action in satisfiedActions(user, room, transition.after.membership) {
            guard let row = queue.row(wishing: action) else { continue }
            close(row, .done)
        }
        guard !transition.after.membership.isPresent, let ban = queue.row(wishing: .ban(user, in: room, reason: "")),
            ban.isDesire, !queue.isInFlight(ban.id)
        else { return }
        // Not only found needless when its turn comes: a parked one has none, and would be shown for ever.
        close(ban, .dropped, "they have left")
    }

    private func satisfiedActions(_ user: UserID, _ room: RoomID, _ membership: Membership) -> [Action] {
        switch membership {
        case .ban: [.ban(user, in: room, reason: ""), .kick(user, in: room, reason: "")]
        case .leave: [.unban(user, in: room), .kick(user, in: room, reason: "")]
        case .invite: [.unban(user, in: room), .invite(user, in: room)]
        case .join: [.unban(user, in: room), .invite(user, in: room)]
        case .knock: [.unban(user, in: room)]
        }
    }
}

extension JournalRow.Status {
    fileprivate func answer(_ text: String?) -> RequestResult {
        switch self {
        case .done: .done
        case .simulated: .simulated
        case .pending, .parked, .failed, .dropped: .failed(code: rawValue, message: text ?? rawValue)
        }
    }
}

extension Action {
    /// A room to be made carries the transaction, so that it can be found again when its making was not answered.
    fileprivate func carrying(transaction: String) -> Action {
        guard case .createRoom(var template) = self else { return self }
        template.creationContent = template.creationContent.setting(
            RoomTemplate.transactionKey,
            to: .string(transaction)
        )
        return .createRoom(template)
    }
}
