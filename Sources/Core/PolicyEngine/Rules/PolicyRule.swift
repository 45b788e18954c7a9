package import MatrixCore

/// One rule of a policy list.
///
/// Never changes, and is an object only so that list, index and changes share one copy of it: lists have 100,000 rules.
package final class PolicyRule: Equatable, Sendable, Identifiable {
    package let kind: PolicyKind
    package let subject: PolicySubject
    package let recommendation: Recommendation
    /// Nil where the list gives none; an empty one is kept.
    package let reason: String?
    package let source: PolicySource

    /// What stands for a missing reason where rules are shown and compared.
    package static let missingReason = "<no reason supplied>"

    /// The event that holds the rule; an edited rule is another one.
    package struct ID: Hashable, Sendable, Codable {
        package let list: RoomID
        package let event: EventID

        package init(list: RoomID, event: EventID) {
            self.list = list
            self.event = event
        }
    }

    package init(
        kind: PolicyKind,
        subject: PolicySubject,
        recommendation: Recommendation,
        reason: String?,
        source: PolicySource
    ) {
        self.kind = kind
        self.subject = subject
        self.recommendation = recommendation
        self.reason = reason
        self.source = source
    }

    package var id: ID { ID(list: source.list, event: source.event) }

    /// Whether it says the same, whoever says it and in whatever event.
    package func meansSame(as other: PolicyRule) -> Bool {
        kind == other.kind && subject == other.subject && recommendation == other.recommendation
            && isSameReason(reason, other.reason)
    }

    package static func == (left: PolicyRule, right: PolicyRule) -> Bool {
        left === right || (left.meansSame(as: right) && left.source == right.source)
    }
}

private func isSameReason(_ left: String?, _ right: String?) -> Bool {
    switch (left, right) {
    case (nil, nil): true
    case (let left?, let right?): equalByBytes(left, right)
    default: false
    }
}
