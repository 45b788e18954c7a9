package import JSON
package import MatrixCore

/// A rule that is to be written into a list.
package struct PolicyDraft: Equatable, Sendable {
    package let kind: PolicyKind
    package let entity: String
    package let recommendation: Recommendation
    /// Nil writes none.
    package let reason: String?
    /// Writes the entity's SHA-256 in its place.
    ///
    /// Never so for a glob, since a hashed glob matches nothing.
    package let isHashed: Bool

    private init(
        _ kind: PolicyKind,
        _ entity: String,
        _ recommendation: Recommendation,
        _ reason: String?,
        _ isHashed: Bool
    ) {
        self.kind = kind
        self.entity = entity
        self.recommendation = recommendation
        self.reason = reason
        if case .literal = PolicySubject(entity: entity) { self.isHashed = isHashed } else { self.isHashed = false }
    }

    package static func ban(_ kind: PolicyKind, _ entity: String, reason: String?, isHashed: Bool = false) -> Self {
        Self(kind, entity, .ban, reason ?? PolicyRule.missingReason, isHashed)
    }

    /// Hashed, so that the list does not advertise what it takes down.
    package static func takedown(_ kind: PolicyKind, _ entity: String, isHashed: Bool = true) -> Self {
        Self(kind, entity, .takedown, nil, isHashed)
    }

    package var eventType: EventType { kind.eventTypes[0] }

    package var stateKey: String { Self.stateKey(entity: entity, recommendation: recommendation) }

    package var content: JSONValue {
        var content = JSONObject()
        content["recommendation"] = .string(recommendation.written)
        if isHashed, let hash = EntityDigest(of: entity) {
            content["org.matrix.msc4205.hashes"] = ["sha256": .string(hash.base64)]
        } else {
            content["entity"] = .string(entity)
        }
        if let reason { content["reason"] = .string(reason) }
        return .object(content)
    }

    /// Where such a rule stands, so that to ban again is to edit: the same key as Draupnir and Meowlnir make.
    package static func stateKey(entity: String, recommendation: Recommendation) -> String {
        // Without a digest any key will do; this one keeps one rule for one entity.
        EntityDigest(of: entity + recommendation.written)?.base64 ?? entity
    }
}
