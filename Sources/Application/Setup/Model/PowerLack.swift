import JSON
package import MatrixCore

/// What the bot cannot do in a room that it protects, with the smallest change that lets it.
package struct PowerLack: Sendable, Equatable {
    package let cause: String
    package let cure: [String]

    /// Nil where it can do all.
    package init?(_ room: RoomPicture, bot: UserID) {
        let levels = room.authority.effectiveLevels
        let own = room.authority.power(of: bot)
        let needs: [(verb: String, level: Int64)] = [
            ("ban", levels.ban), ("kick", levels.kick), ("redact others' messages", levels.redact),
            ("set server ACLs", levels.levelToSend(state: .serverACL)),
        ]
        let lacking = needs.filter { own < .level($0.level) }
        guard let highest = lacking.map(\.level).max() else { return nil }
        cause =
            "the bot has \(own.text) and cannot " + lacking.map { "\($0.verb) (\($0.level))" }.joined(separator: ", ")
        cure = [
            "give \(bot) the power level \(highest) in the room's settings, under roles; in its m.room.power_levels:",
            "    \"users\": {\"\(bot)\": \(highest)}",
        ]
    }
}
