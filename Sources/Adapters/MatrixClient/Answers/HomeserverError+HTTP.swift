import HTTPClient
import Moderation

extension HomeserverError {
    /// An exchange that ended without a whole answer.
    init(_ error: HTTPError) {
        switch error {
        case .invalidRequest(let text), .nameResolutionFailed(let text), .connectionFailed(let text), .tls(let text):
            self = .unreachable(text)
        case .authoritiesUnreadable(let path):
            self = .unreachable("the certificate authorities in \(path) cannot be read")
        case .timedOut(let text), .connectionLost(let text), .other(let text):
            self = .unknownOutcome(text)
        case .outOfMemory:
            self = .unknownOutcome("no memory for the answer")
        case .malformedResponse(let text):
            self = .badAnswer(text)
        case .headersTooLarge(let limit), .bodyTooLarge(let limit):
            self = .tooLarge(limit: limit)
        case .cancelled, .shutDown:
            self = .cancelled
        }
    }
}
