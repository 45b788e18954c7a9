import JSON
import MatrixCore

/// The rooms of an account as its syncs tell them.
struct SyncedRooms: Sendable {
    private struct Slot: Hashable, Sendable {
        let room: RoomID
        let type: EventType
        let key: String
    }

    private var state: [Slot: SyncedEvent] = [:]
    /// Invitations that are open, with their stripped state.
    private(set) var invitations: [RoomID: [SyncedEvent]] = [:]

    func state(_ type: EventType, key: String = "", in room: RoomID) -> SyncedEvent? {
        state[Slot(room: room, type: type, key: key)]
    }

    func membership(of user: UserID, in room: RoomID) -> Membership? {
        state(.member, key: user.rawValue, in: room)?.memberChange?.1
    }

    /// Whether a user's membership is the same in all of these rooms.
    func membership(of user: UserID, is membership: Membership, in rooms: [RoomID]) -> Bool {
        rooms.allSatisfy { self.membership(of: user, in: $0) == membership }
    }

    /// The open invitation that a user sent.
    func invitation(from user: UserID) -> RoomID? {
        invitations.first { $0.value.contains { $0.type == .member && $0.sender == user } }?.key
    }

    /// Takes in one answer of `/sync`.
    ///
    /// - Returns: the timeline's events, in the order of each room.
    mutating func take(_ answer: JSONValue) -> [SyncedEvent] {
        var timeline: [SyncedEvent] = []
        let sections = ["join", "leave"].map { answer["rooms"]?[$0]?.members ?? [] }
        for member in sections.joined() {
            guard let room = try? RoomID(parsing: member.name) else { continue }
            invitations[room] = nil
            let events = Self.events(member.value["timeline"], in: room)
            // `state_after` is the state behind the timeline; `state` is the one before it.
            let before = Self.events(member.value["state"], in: room)
            let after = Self.events(member.value["org.matrix.msc4222.state_after"], in: room)
            for event in before + events + after { set(event) }
            timeline += events
        }
        for member in answer["rooms"]?["invite"]?.members ?? [] {
            guard let room = try? RoomID(parsing: member.name) else { continue }
            invitations[room] = Self.events(member.value["invite_state"], in: room)
        }
        return timeline
    }

    private mutating func set(_ event: SyncedEvent) {
        guard let key = event.stateKey else { return }
        state[Slot(room: event.room, type: event.type, key: key)] = event
    }

    private static func events(_ section: JSONValue?, in room: RoomID) -> [SyncedEvent] {
        section?["events"]?.elements.compactMap { SyncedEvent($0, in: room) } ?? []
    }
}
