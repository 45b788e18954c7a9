import Commands
import JSON
import MatrixCore
import Observability
import PolicyEngine
import Protections
import RoomState

/// What a room's events change, whatever way they came.
extension ModerationState {
    /// A scanned state event: members go straight into the arena, the rest becomes an event.
    mutating func apply(state element: borrowing ScannedElement, _ scan: borrowing Scan, in room: RoomID) {
        guard loading[room] == nil, bot.protects(room) else {
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

    mutating func event(_ element: borrowing ScannedElement, _ scan: borrowing Scan) -> RoomEvent? {
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
    ///
    /// One that is held already is no news, unless `evenIfHeld`: what came while the room was loaded may stand in that too.
    mutating func apply(state event: RoomEvent, in room: RoomID, evenIfHeld: Bool = false) {
        if event.type == .member {
            guard bot.protects(room) else { return }
            applyMember(event, in: room)
        } else if event.isPolicy, bot.watches(room) {
            policyChanges += policies.apply(event, in: room)
            draft.keep(event, in: room)
        } else if evenIfHeld || rooms[room]?.holds(event) != true, rooms.keep(event, in: room) {
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
