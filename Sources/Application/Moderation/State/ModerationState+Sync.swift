import Commands
import JSON
import MatrixCore
import Observability
import PolicyEngine
import Protections
import RoomState

/// Taking in what sync brings, in one order for every room: state, then the timeline.
extension ModerationState {
    mutating func take(_ answer: SyncAnswer) {
        guard isTaken(answer) else {
            damagedAnswers += 1
            log.warning("an answer of sync is damaged and will be asked for again", ["times": "\(damagedAnswers)"])
            return
        }
        damagedAnswers = 0
        lastSync = now
        if answer.isCatchUp, phase == .waitingForFirstSync { phase = .findingManagementRoom }
    }

    /// How often an answer that has lost a part is asked for again before what is left of it has to do.
    private static let maximumDamagedAnswers = 3

    /// Takes the answer in; false where that would lose something, or where it is no answer of sync.
    private mutating func isTaken(_ answer: SyncAnswer) -> Bool {
        do {
            let scanner = try JSONScanner(SyncPlan.paths)
            do {
                return try scanner.scan(answer.body) { isTaken($0, answer) }
            } catch is JSONError {
                return try scanner.salvage(answer.body) { scan in
                    if scan.lostFrom == nil { return isTaken(scan, answer) }
                    // The position may stand before what was lost, and must not go ahead of it.
                    guard answer.since != nil, damagedAnswers >= Self.maximumDamagedAnswers, isTaken(scan, answer)
                    else { return false }
                    for room in rooms.trackedRooms where bot.joined.contains(room) { reload(room) }
                    return true
                }
            }
        } catch {
            log.error("an answer of sync cannot be read", ["error": "\(error)"])
            return false
        }
    }

    private mutating func isTaken(_ scan: borrowing Scan, _ answer: SyncAnswer) -> Bool {
        let contents = SyncContents(scan)
        guard let position = contents.position else { return false }
        for index in contents.accountData {
            scan.withElement(index) { element in
                guard let type = element.string(0).map({ EventType(rawValue: $0) }) else { return }
                if let content = element.bytes(1) {
                    take(accountData: type, scan.bytes(content))
                } else if AccountDataType.all.contains(type) {
                    // Dendrite keeps any JSON that it is given.
                    tellUnreadable(type)
                }
            }
        }
        for (room, events) in contents.left { takeLeft(room, events, scan) }
        for (room, parts) in contents.joined { take(room, parts, scan, answer) }
        if answer.isLazy, answer.since != nil {
            for room in rooms.trackedRooms where bot.joined.contains(room) { reload(room) }
        }
        for (room, events) in contents.invited { takeInvitation(room, events, scan) }
        self.position = position
        draft.position = position
        return true
    }

    // MARK: A joined room

    private mutating func take(
        _ room: RoomID,
        _ parts: SyncContents.JoinedRoom,
        _ scan: borrowing Scan,
        _ answer: SyncAnswer
    ) {
        let isNew = bot.joined.insert(room).inserted
        if isNew { joinedRoomsChanged = true }
        // The first answer holds members by halves: followed rooms are loaded whole after it.
        guard let since = answer.since, bot.protects(room) || bot.watches(room) else { return }
        let isUnknown = rooms[room]?.authority.creation == nil && !isTroubled(.id(room))
        if loading[room] == nil, isNew || isUnknown { reload(room) }
        for index in parts.stateAfter ?? parts.state { scan.withElement(index) { apply(state: $0, scan, in: room) } }
        // With `state_after` the timeline's own state is in it already, and the timeline may be older than it.
        let timelineIsState = parts.stateAfter == nil
        // What was said before the bot came is not its business.
        if parts.isLimited, !isNew, let from = parts.previousBatch {
            noteGap(Gap(room: room, from: from, to: since))
        }
        for index in parts.timeline {
            scan.withElement(index) { element in
                let isState = timelineIsState && element.state(of: EventFields.stateKey) != .absent
                if isState { apply(state: element, scan, in: room) }
                // What is malformed was counted as state.
                guard let event = isState ? try? RoomEvent(element, in: scan) : event(element, scan) else { return }
                observe(event, in: room)
            }
        }
    }

    // MARK: Gaps

    private mutating func noteGap(_ gap: Gap) {
        enqueue(.fillGap(gap), because: .upkeep("a limited timeline"), lane: .housekeeping)
    }

    /// What a gap held: observed late, and never state.
    mutating func observe(late pages: [any PaddedBytes], of gap: Gap, isWhole: Bool) {
        for page in pages.reversed() {
            for event in MessagesPage.events(of: page).reversed() { observe(event, in: gap.room) }
        }
        if !isWhole { log.warning("a gap is longer than what is read back", ["room": gap.room.rawValue]) }
    }
}
