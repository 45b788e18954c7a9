/// What the watched lists say of a user, a room or a server.
package struct Verdict: Equatable, Sendable {
    /// Every rule that names it and is in force: by the order of the lists, takedowns before bans, then by event ID.
    package let rules: [PolicyRule]
    /// Those that would name it but wait for a moderator's word.
    package let held: [PolicyRule]

    /// The rule by which it is banned, if any.
    package var ban: PolicyRule? { rules.first { $0.recommendation.bans } }

    /// The text that goes with the ban.
    package var reason: String? {
        guard let ban else { return nil }
        return ban.recommendation == .takedown ? "takedown" : ban.reason ?? Self.missingReason
    }

    /// What a ban says where its rule gives no reason.
    package static let missingReason = "<no reason provided>"
}
