import Commands
import JSON
import MatrixCore
import Observability
import PolicyEngine
import Protections
import RoomState

/// Rooms and aliases that cannot be had for now.
extension ModerationState {
    mutating func noteTrouble(_ row: JournalRow, _ error: HomeserverError) {
        switch row.action {
        case .join(let reference): noteTrouble(reference.name, error.moderatorMessage, now: now.monotonic)
        case .resolve(let alias): noteTrouble(.alias(alias), error.moderatorMessage, now: now.monotonic)
        case .loadState(let room):
            if case .refused = error {
                loading[room] = nil
                forgetState(of: room)
            }
            noteTrouble(.id(room), "its state cannot be read: \(error.moderatorMessage)", now: now.monotonic)
        default: break
        }
    }

    /// Told once; tried again after a while that doubles to an hour.
    mutating func noteTrouble(_ name: RoomReference.Name, _ text: String, now: Duration) {
        let attempts = (troubles[name]?.attempts ?? 0) + 1
        let wait = min(Duration.seconds(3_600), .seconds(30) * (1 << min(attempts, 7)))
        let isNews = troubles[name].map { !equalByBytes($0.text, text) } ?? true
        troubles[name] = Trouble(text: text, retryAt: now + wait, attempts: attempts)
        if isNews { tellTrouble(name, text) }
    }

    /// Whether it could not be had lately, and is not to be tried yet.
    func isTroubled(_ name: RoomReference.Name) -> Bool {
        troubles[name].map { $0.retryAt > now.monotonic } ?? false
    }

    mutating func retryTroubles() {
        guard phase == .enforcing || phase == .loadingRooms,
            troubles.values.contains(where: { $0.retryAt <= now.monotonic })
        else { return }
        subscribe()
    }
}
