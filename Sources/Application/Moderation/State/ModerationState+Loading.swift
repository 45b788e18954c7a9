import Commands
import JSON
import MatrixCore
import Observability
import PolicyEngine
import Protections
import RoomState

/// Taking in the whole state of a room.
extension ModerationState {
    /// Takes in the whole state of a room, and then what sync said of it while it was on its way.
    mutating func loaded(_ room: RoomID, _ body: any PaddedBytes, for run: EventID?) {
        if let run { return preview(room, body, for: run) }
        guard let meanwhile = loading.removeValue(forKey: room) else { return }
        var change = RoomChange()
        change.forgets = true
        var others: [RoomEvent] = []
        let withMembers = bot.protects(room)
        do {
            let plan = [ScanPath("[]", fields: EventFields.statePlan)]
            let malformed = try JSONScanner(plan).scan(body) { scan in
                rooms.load(scan, of: room, withMembers: withMembers) { others.append($0) }
            }
            malformedEventCount += malformed
        } catch {
            log.error("state of a room cannot be read", ["room": room.rawValue])
            noteTrouble(.id(room), "its state cannot be read", now: now.monotonic)
            forgetState(of: room)
            return
        }
        for event in others where rooms.keep(event, in: room) { change.state.append(event) }
        if bot.watches(room) {
            let policyEvents = others.filter { $0.isPolicy }
            change.state += policyEvents
            policyChanges += policies.watch(PolicyList(room: room, events: policyEvents))
        }
        change.snapshot = rooms.snapshot(of: room)
        draft.rooms[room] = change
        troubles[.id(room)] = nil
        memberChanges[room] = 0
        for event in meanwhile {
            if event.type == .redaction, let redacted = event.redacts {
                applyRedaction(of: redacted, by: event.sender, in: room)
            } else {
                apply(state: event, in: room, evenIfHeld: true)
            }
        }
        roomsToJudge.insert(room)
        roomsToReconcile.insert(room)
        roomsWithNewPower.insert(room)
        if policies.hasHashedRules(of: .server) { serverBansChanged = true }
    }

    /// What was known of a room is old and what is new cannot be had: it counts as unknown, so that it is asked for again.
    mutating func forgetState(of room: RoomID) {
        rooms.forget(room)
        draft.rooms[room] = RoomChange()
        draft.rooms[room]?.forgets = true
    }

    /// A list that a command only looks at.
    private mutating func preview(_ room: RoomID, _ body: any PaddedBytes, for run: EventID) {
        let events = try? JSONScanner([ScanPath("[]", fields: EventFields.statePlan)]).scan(body) { scan in
            var events: [RoomEvent] = []
            scan.forEach { element in
                guard !element.isMember, let event = try? RoomEvent(element, in: scan), event.isPolicy else { return }
                events.append(event)
            }
            return events
        }
        previews[run, default: [:]][room] = PolicyList(room: room, events: events ?? [])
    }
}
