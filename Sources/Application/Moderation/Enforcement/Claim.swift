import MatrixCore
import Protections

/// What a request has to itself while it is under way: one room in order, and one kind of account data.
enum Claim: Hashable {
    case nothing
    case room(RoomID)
    case accountData(EventType)

    init(_ action: Action) {
        if case .changeAccountData(let change) = action {
            self = .accountData(change.type)
        } else {
            self = action.room.map(Claim.room) ?? .nothing
        }
    }
}

extension Action {
    /// Whether it only reads, and may take long: it neither waits for its room nor makes others wait.
    var isRead: Bool {
        switch self {
        case .loadState, .fillGap: true
        default: false
        }
    }
}

extension Action {
    /// Whether the homeserver counts it apart from what is sent into rooms: a limit or a failure says nothing of those.
    ///
    /// Joins, aliases and invitations also depend on other servers.
    var hasOwnLimit: Bool {
        switch self {
        case .join, .createRoom, .invite, .resolve: true
        default: false
        }
    }
}
