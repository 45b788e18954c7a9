import Commands
import JSON
import MatrixCore
import Protections
import RoomState

/// What came of the rows that were sent.
extension ModerationState {
    mutating func take(_ outcome: RowOutcome) {
        queue.landed(outcome.row)
        // A row that is gone was closed by what sync showed of it.
        guard let row = queue.rows[outcome.row] else { return }
        switch outcome.result {
        case .success(let result): succeeded(row, result)
        case .foundDone: close(row, .done)
        case .roomVersion(let version): close(row, .done, answer: .version(version))
        case .state(let body):
            if case .loadState(let room) = row.action { loaded(room, body, for: row.run) }
            close(row, .done)
        case .pages(let pages, let isWhole):
            if case .fillGap(let gap) = row.action { observe(late: pages, of: gap, isWhole: isWhole) }
            close(row, .done, isWhole ? nil : "longer than what is read back; the rest stays unknown")
        case .failure(let error): failed(row, error)
        }
    }

    private mutating func succeeded(_ row: JournalRow, _ result: ActionResult) {
        note(done: row, result)
        switch result {
        case .done: close(row, .done)
        case .event(let event):
            noteWaveMessage(row.id, event)
            close(row, .done, event: event, answer: .event(event))
        case .room(let room, let via): close(row, .done, answer: .room(room, via: via))
        }
    }

    /// What is known now because the homeserver did it; sync will bring it too, and later.
    private mutating func note(done row: JournalRow, _ result: ActionResult) {
        switch (row.action, result) {
        case (.ban(let user, let room, _), _): note(user, .ban, in: room)
        case (.unban(let user, let room), _), (.kick(let user, let room, _), _): note(user, .leave, in: room)
        case (.invite(let user, let room), _): note(user, .invite, in: room)
        case (.sendState(let type, let key, let content, let room), .event(let event)):
            note(
                RoomEvent(id: event, type: type, sender: bot.user, stateKey: key, content: content.encoded()),
                in: room
            )
        case (.setServerACL(let content, let room), .event(let event)):
            let content = content.json.encoded()
            note(RoomEvent(id: event, type: .serverACL, sender: bot.user, stateKey: "", content: content), in: room)
        case (.changeAccountData(let change), _):
            let content = accountWrites.removeValue(forKey: row.id) ?? bot.content(after: change)
            unechoedAccountData[change.type] = (content, now.monotonic)
            adopt(accountData: change.type, content)
            noteProtectedSet()
        case (.resolve(let alias), .room(let room, _)): noteResolved(alias, room)
        case (.join(let reference), .room(let room, _)):
            troubles[reference.name] = nil
            if case .alias(let alias) = reference.name { noteResolved(alias, room) }
            noteJoined(room)
        case (.createRoom, .room(let room, _)): noteJoined(room)
        case (.leave(let room), _): noteLeft(room)
        default: break
        }
    }

    private mutating func note(_ user: UserID, _ membership: Membership, in room: RoomID) {
        guard bot.protects(room), loading[room] == nil else { return }
        let record = MemberRecord(membership, wasSetByOther: true)
        if let transition = rooms.setMember(user, record, in: room) { noted(transition) }
    }

    private mutating func note(_ event: RoomEvent, in room: RoomID) {
        guard bot.protects(room) || bot.watches(room), loading[room] == nil else { return }
        apply(state: event, in: room)
    }

    private mutating func failed(_ row: JournalRow, _ error: HomeserverError) {
        if row.run == nil, let newest = queue.row(wishing: row.action), newest.id != row.id {
            return close(row, .dropped, "a newer wish took its place")
        }
        switch error {
        // A limit of its own kind delays the row; any other delays all, which the governor sees to.
        case .limited(let wait): queue.retry(row.id, at: row.action.hasOwnLimit ? now.monotonic + wait : nil)
        case .cancelled: queue.retry(row.id, at: nil)
        case .tokenRejected(let message): phase = .failed(.tokenRejected(message))
        case .refused: refused(row, error)
        // That what is read does not exist Dendrite says in other words: then it is in trouble.
        case .unexplained where !row.action.isRead && row.attempts + 1 >= row.patience: refused(row, error)
        case .unreachable, .unknownOutcome, .serverTrouble, .unexplained, .badAnswer, .tooLarge:
            var row = row
            row.attempts += 1
            row.result = error.moderatorMessage
            if row.attempts == 2, row.run == nil { noteTrouble(row, error) }
            if row.attempts < row.maximumAttempts {
                put(row, notBefore: now.monotonic + row.retryDelay)
            } else {
                giveUp(row, error)
            }
        }
    }

    private mutating func refused(_ row: JournalRow, _ error: HomeserverError) {
        guard row.isDesire else { return giveUp(row, error) }
        var row = row
        row.status = .parked
        row.result = error.moderatorMessage
        row.attempts += 1
        put(row)
        wave.note(row, at: now)
    }

    private mutating func giveUp(_ row: JournalRow, _ error: HomeserverError) {
        if row.run == nil { noteTrouble(row, error) }
        let code = if case .refused(_, let code, _) = error { code } else { error.metricLabel }
        let message = error.moderatorMessage
        close(row, .failed, message, answer: .failed(code: code, message: message))
    }
}

extension JournalRow {
    /// A desire is never given up, nor is what must be known; a person is told after some four minutes, and an old notice
    /// is no news.
    fileprivate var maximumAttempts: Int {
        if isDesire { return .max }
        if case .loadState = action, run == nil { return .max }
        return lane == .notices ? 6 : 9
    }

    /// How many failures without a reason are taken for trouble that passes.
    ///
    /// A minute of them, or some seconds where a person may be waiting; both are guesses.
    fileprivate var patience: Int { isDesire ? 8 : 4 }

    /// Doubling from half a second to five minutes; for a room that is to be made, from some five seconds.
    ///
    /// A quarter more or less by the row's number, so that rows do not come back all at once. A room that is still being
    /// made cannot be found yet, and would be made twice.
    fileprivate var retryDelay: Duration {
        let shortest = if case .createRoom = action { 5_000 } else { 0 }
        let base = max(shortest, min(300_000, 500 << min(attempts, 10)))
        let spread = Int(truncatingIfNeeded: (UInt64(bitPattern: id) &* 0x9E37_79B9_7F4A_7C15) >> 48) % 512 - 256
        return .milliseconds(base + base * spread / 1_024)
    }
}
