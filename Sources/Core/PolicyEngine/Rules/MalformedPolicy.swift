package import JSON
package import MatrixCore

/// A policy event that is no rule, and why.
package struct MalformedPolicy: Error, Equatable, Sendable {
    package let event: EventID
    package let type: EventType
    package let stateKey: String
    package let sender: UserID
    package let problem: PolicyProblem

    package init(event: EventID, type: EventType, stateKey: String, sender: UserID, problem: PolicyProblem) {
        self.event = event
        self.type = type
        self.stateKey = stateKey
        self.sender = sender
        self.problem = problem
    }
}

/// What is wrong with a policy event's content.
package enum PolicyProblem: Error, Equatable, Sendable {
    case unreadable(JSONError)
    case noObject
    /// Missing, or no text.
    case badRecommendation
    /// Neither an entity nor the SHA-256 of one.
    case noEntity
    /// No text, or a broken one.
    case badEntity
    case emptyEntity
    case entityTooLong(bytes: Int)
    case entityContainsNul
    /// No base64 of 32 bytes.
    case badHash
    case badReason

    /// In words that follow "the rule is ignored because".
    package var explanation: String {
        switch self {
        case .unreadable: "its content is not readable JSON"
        case .noObject: "its content is not a JSON object"
        case .badRecommendation: "its recommendation is missing or not a text"
        case .noEntity: "it names neither an entity nor the SHA-256 of one"
        case .badEntity: "its entity is not a readable text"
        case .emptyEntity: "its entity is empty"
        case .entityTooLong(let bytes): "its entity has \(bytes) bytes; \(maximumIdentifierLength) are the limit"
        case .entityContainsNul: "its entity contains a NUL byte"
        case .badHash: "its SHA-256 is not 32 bytes in base64"
        case .badReason: "its reason is not a readable text"
        }
    }
}
