package import MatrixCore

/// What led to a consequence: enough to explain it later, and to undo it.
package enum Cause: Sendable, Equatable, Codable {
    /// A policy rule: the event that holds it, its list and who sent it.
    case policy(event: EventID, list: RoomID, sender: UserID)
    /// What a moderator asked for.
    case command(event: EventID, sender: UserID)
    case protection(name: String, event: EventID?)
    /// The bot's own housekeeping, in a few words.
    case upkeep(String)
}
