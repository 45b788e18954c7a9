package import MatrixCore
package import Moderation
package import Protections

/// What an account asked for: one case for each method of the port.
package enum Call: Sendable, Equatable {
    case identity
    case sync(SyncRequest)
    case state(RoomID)
    case messages(RoomID, from: String, to: String?, limit: Int)
    case accountData(EventType)
    case joinedRooms
    case displayName
    case stateContent(StateKey, in: RoomID)
    case defaultRoomVersion
    case action(Action, transaction: String)

    /// Whether its answer is given as bytes, which may arrive in part; any other is whole or none.
    var hasBody: Bool {
        switch self {
        case .sync, .state, .messages: true
        case .identity, .accountData, .joinedRooms, .displayName, .stateContent, .defaultRoomVersion, .action: false
        }
    }

    /// Whether it counts against a rate limit.
    var makesEvents: Bool {
        guard case .action(let action, _) = self else { return false }
        switch action {
        case .setAccountData, .resolve, .loadState, .fillGap: return false
        default: return true
        }
    }
}

/// One request as it came in.
package struct SimulatedRequest: Sendable, Equatable {
    /// Counts all requests of the server, from 1.
    package let number: Int
    package let user: UserID
    package let call: Call
    package let at: Moment
}

/// A request, and what became of it.
package struct LogEntry: Sendable, Equatable {
    package let request: SimulatedRequest
    /// Whether it changed the world: false for a repeated ban that made no event.
    package var tookEffect = false
    /// What the caller was told; nil for success, and for as long as no answer was given.
    package var error: HomeserverError?
    package var isAnswered = false
}
