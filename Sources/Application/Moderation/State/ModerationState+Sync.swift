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
        guard let since = answer.since, bot.guards(room) || bot.watches(room) else { return }
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

    /// A scanned state event: members go straight into the arena, the rest becomes an event.
    private mutating func apply(state element: borrowing ScannedElement, _ scan: borrowing Scan, in room: RoomID) {
        guard loading[room] == nil, bot.guards(room) else {
            // A list's members are nobody's business; of a room that is on its way all is put by.
            if let event = event(element, scan) { applyOrPutBy(event, in: room) }
            return
        }
        switch rooms.ingest(element, in: scan, of: room) {
        case .member(let transition): noted(transition)
        case .knownMember: break
        case .malformed: malformedEventCount += 1
        case .other: if let event = event(element, scan) { apply(state: event, in: room) }
        }
    }

    private mutating func event(_ element: borrowing ScannedElement, _ scan: borrowing Scan) -> RoomEvent? {
        do {
            return try RoomEvent(element, in: scan)
        } catch {
            malformedEventCount += 1
            log.debug("a malformed event", ["problem": error.problem.rawValue])
            return nil
        }
    }

    /// More than this in the time of one request is a flood; what is lost of it comes with the next load.
    private static let maximumPutBy = 10_000

    private mutating func applyOrPutBy(_ event: RoomEvent, in room: RoomID) {
        guard let count = loading[room]?.count else { return apply(state: event, in: room) }
        if count < Self.maximumPutBy { loading[room]?.append(event) }
    }

    /// A state event of a followed room, whatever way it came.
    mutating func apply(state event: RoomEvent, in room: RoomID) {
        if event.type == .member {
            guard bot.guards(room) else { return }
            applyMember(event, in: room)
        } else if event.isPolicy, bot.watches(room) {
            policyChanges += policies.apply(event, in: room)
            draft.keep(event, in: room)
        } else if rooms[room]?.holds(event) != true, rooms.keep(event, in: room) {
            draft.keep(event, in: room)
            noted(event, in: room)
        }
    }

    private mutating func applyMember(_ event: RoomEvent, in room: RoomID) {
        guard let user = event.stateKey.flatMap({ try? UserID(parsing: $0) }),
            let word = (try? JSONReader().read(event.content.span))?["membership"]?.string,
            let membership = Membership(word.utf8Span.span)
        else {
            malformedEventCount += 1
            return
        }
        let record = MemberRecord(membership, wasSetByOther: event.sender != user)
        if let transition = rooms.setMember(user, record, in: room) { noted(transition) }
    }

    mutating func noted(_ transition: MemberTransition) {
        memberChanges[transition.room, default: 0] += 1
        transitions.append(transition)
        draft.note(MemberChange(user: transition.user, record: transition.after.byte), in: transition.room)
    }

    /// What a kept state event means for what is under way.
    private mutating func noted(_ event: RoomEvent, in room: RoomID) {
        switch event.type {
        case .powerLevels:
            roomsToReconcile.insert(room)
            roomsWithNewPower.insert(room)
        case .serverACL: noteServerACL(event, in: room)
        case .tombstone: tellTombstone(room)
        case .joinRules: if room == bot.managementRoom { noteManagementJoinRule() }
        case .encryption: if room == bot.managementRoom { tellEncrypted() }
        default: break
        }
    }

    // MARK: A timeline event

    mutating func observe(_ event: RoomEvent, in room: RoomID) {
        if event.type == .redaction, let redacted = event.redacts {
            applyRedaction(of: redacted, by: event.sender, in: room)
            // The state that is on its way may be from before it.
            if let count = loading[room]?.count, count < Self.maximumPutBy { loading[room]?.append(event) }
        }
        if event.stateKey == nil { activity.note(event.sender, in: room, at: now.monotonic) }
        if room == bot.managementRoom { observeManagement(event) }
    }

    mutating func applyRedaction(of event: EventID, by sender: UserID, in room: RoomID) {
        if bot.watches(room), let place = policies[room]?.stateKey(of: event) {
            policyChanges += policies.redact(event, in: room, by: sender)
            // Without its content on disk too, so that a restart does not bring the rule back.
            let blank = RoomEvent(
                id: event,
                type: place.type,
                sender: sender,
                stateKey: place.key,
                content: Array("{}".utf8)
            )
            draft.keep(blank, in: room)
        }
        if let blank = rooms.redact(event, in: room) {
            draft.keep(blank, in: room)
            noted(blank, in: room)
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

    // MARK: Rooms that the bot is not in

    private mutating func takeLeft(_ room: RoomID, _ indices: [Int], _ scan: borrowing Scan) {
        guard bot.joined.contains(room) else { return }
        noteLeft(room)
        guard bot.guards(room) || bot.watches(room) else { return }
        var parting: RoomEvent?
        for index in indices {
            scan.withElement(index) { element in
                guard element.isMember, let event = event(element, scan) else { return }
                if event.stateKey.map({ equalByBytes($0, bot.user.rawValue) }) == true { parting = event }
            }
        }
        tellParted(room, parting)
    }

    /// An invitation back into a room that is to be followed is taken; others are for the protection about invitations.
    private mutating func takeInvitation(_ room: RoomID, _ indices: [Int], _ scan: borrowing Scan) {
        guard bot.guards(room) || bot.watches(room) else { return }
        // Removed and invited between two answers, it was never seen to leave.
        noteLeft(room)
        troubles[.id(room)] = nil
        subscribe()
    }
}

extension ModerationState {
    /// Writes members whole where many have changed since that was done last: a restart reads both.
    mutating func foldMemberChanges() {
        for room in draft.rooms.keys {
            guard let changed = memberChanges[room], changed > 256, changed > (rooms[room]?.joinedCount ?? 0) / 2 else {
                continue
            }
            let snapshot = rooms.snapshot(of: room)
            guard !snapshot.isEmpty else { continue }
            draft.rooms[room]?.snapshot = snapshot
            draft.rooms[room]?.members = []
            memberChanges[room] = 0
        }
    }
}

extension Changeset {
    mutating func keep(_ event: RoomEvent, in room: RoomID) {
        rooms[room, default: RoomChange()].state.append(event)
    }

    mutating func note(_ member: MemberChange, in room: RoomID) {
        rooms[room, default: RoomChange()].members.append(member)
    }
}
