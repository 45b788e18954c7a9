/// How many of those present a rule hits that no rule hit before: the judgement that holds back a slip of the pen.
package struct BlastRadius: Equatable, Sendable {
    /// Present users that were not banned by any other rule.
    package let hit: Int
    /// All present users.
    package let present: Int

    package init(hit: Int, of present: Int) {
        self.hit = hit
        self.present = present
    }

    /// More than 50, or more than 5 % and at least 10.
    ///
    /// The numbers are guesses.
    package var isWide: Bool { hit > 50 || (hit >= 10 && hit * 20 > present) }

    /// Whether the rule waits for a moderator's word.
    ///
    /// A user named in full is what was meant, and so is one whose hash is given; rooms hit no users.
    package func holds(_ rule: PolicyRule) -> Bool {
        guard rule.recommendation.bans, isWide else { return false }
        return switch (rule.kind, rule.subject) {
        case (.user, .glob), (.server, _): true
        case (.user, .literal), (.user, .hash), (.room, _): false
        }
    }
}
