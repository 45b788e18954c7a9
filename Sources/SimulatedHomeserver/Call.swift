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

/// What goes wrong with one request.
package enum Fault: Sendable, Equatable {
    /// It does not arrive: nothing is done.
    case unreachable
    /// 429, nothing done.
    case limited(retryAfter: Duration)
    /// An answer of this status by the server, nothing done.
    case refused(status: Int, code: String)
    case serverTrouble(status: Int)
    /// It never arrives, and the caller cannot know: nothing is done.
    case lostRequest
    /// It is done, and the caller does not learn of it.
    case lostAnswer
    /// It is done, and a proxy says 5xx.
    case serverTroubleAfterEffect(status: Int)
    /// It is done; of the answer's body only so many bytes arrive.
    case truncatedBody(keeping: Int)
    /// It is done, in order, only after this time.
    case delay(Duration)
}
