import Moderation

/// What goes wrong with one request.
package enum Fault: Sendable, Equatable {
    /// It does not arrive: nothing is done.
    case unreachable
    /// 429, nothing done.
    case limited(retryAfter: Duration)
    /// An answer of this status by the server, nothing done.
    case refused(status: Int, code: String)
    case serverTrouble(status: Int)
    /// 500 as Dendrite says it, nothing done.
    case unexplained
    /// It never arrives, and the caller cannot know: nothing is done.
    case lostRequest
    /// It is done, and the caller does not learn of it.
    case lostAnswer
    /// It is done so much later, when the caller has long been left without an answer.
    case lateEffect(after: Duration)
    /// It is done, and a proxy says 5xx.
    case serverTroubleAfterEffect(status: Int)
    /// It is done; of the answer's body only so many bytes arrive.
    case truncatedBody(keeping: Int)
    /// It is done, in order, only after this time.
    case delay(Duration)
}

extension Fault {
    var keptBytes: Int? {
        guard case .truncatedBody(let count) = self else { return nil }
        return count
    }

    func failBeforeEffect() throws(HomeserverError) {
        switch self {
        case .unreachable: throw .unreachable("simulated")
        case .limited(let wait): throw .limited(retryAfter: wait)
        case .refused(let status, let code): throw .refused(status: status, code: code, message: "simulated")
        case .serverTrouble(let status): throw .serverTrouble(status: status, message: "simulated")
        case .unexplained: throw .unexplained(status: 500, message: "")
        case .lostRequest: throw .unknownOutcome("simulated")
        case .lostAnswer, .lateEffect, .serverTroubleAfterEffect, .truncatedBody, .delay: break
        }
    }

    func failAfterEffect() throws(HomeserverError) {
        switch self {
        case .lostAnswer: throw .unknownOutcome("simulated")
        case .serverTroubleAfterEffect(let status): throw .serverTrouble(status: status, message: "simulated")
        case .unreachable, .limited, .refused, .serverTrouble, .unexplained, .lostRequest, .lateEffect, .truncatedBody,
            .delay:
            break
        }
    }
}
