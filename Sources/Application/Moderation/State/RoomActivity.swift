import MatrixCore

/// Who spoke lately, and where: so that the worst goes first.
///
/// Bounded: a ring of the last speakers of all rooms together.
struct RoomActivity: Sendable {
    private struct Speaker: Hashable {
        let room: RoomID
        let user: UserID
    }

    private var lastInRoom: [RoomID: Duration] = [:]
    private var lastSpoke: [Speaker: Duration] = [:]
    private var ring: [Speaker] = []
    private var next = 0

    /// How long a speaker counts as having spoken lately; a guess.
    private static let recent: Duration = .seconds(600)
    private static let capacity = 20_000

    mutating func note(_ user: UserID, in room: RoomID, at now: Duration) {
        lastInRoom[room] = now
        let speaker = Speaker(room: room, user: user)
        guard lastSpoke.updateValue(now, forKey: speaker) == nil else { return }
        if ring.count < Self.capacity {
            ring.append(speaker)
        } else {
            lastSpoke[ring[next]] = nil
            ring[next] = speaker
            next = (next + 1) % Self.capacity
        }
    }

    func spokeLately(_ user: UserID, in room: RoomID, at now: Duration) -> Bool {
        guard let time = lastSpoke[Speaker(room: room, user: user)] else { return false }
        return now - time < Self.recent
    }

    func lastActivity(in room: RoomID) -> Duration { lastInRoom[room] ?? .zero }

    mutating func forget(_ room: RoomID) { lastInRoom[room] = nil }
}
