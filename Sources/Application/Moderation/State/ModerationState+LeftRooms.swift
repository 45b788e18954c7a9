import Commands
import JSON
import MatrixCore
import Observability
import PolicyEngine
import Protections
import RoomState

/// Rooms that the bot is not in.
extension ModerationState {
    mutating func takeLeft(_ room: RoomID, _ indices: [Int], _ scan: borrowing Scan) {
        guard bot.joined.contains(room) else { return }
        noteLeft(room)
        guard bot.protects(room) || bot.watches(room) else { return }
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
    mutating func takeInvitation(_ room: RoomID, _ indices: [Int], _ scan: borrowing Scan) {
        guard bot.protects(room) || bot.watches(room) else { return }
        // Removed and invited between two answers, it was never seen to leave.
        noteLeft(room)
        troubles[.id(room)] = nil
        subscribe()
    }
}
