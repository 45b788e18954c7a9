import JSON
import MatrixCore

/// The management room as a moderator sees it.
struct ManagementRoom: Sendable {
    let moderator: TestClient
    let bot: UserID
    let room: RoomID
    let feed: EventFeed

    /// What the bot says to one command.
    struct Answer: Sendable {
        /// `✅`, `❌`, or `⚠` for what was done in part.
        let verdict: String
        /// The bot's messages since the command, as plain text, oldest first; edits among them.
        let messages: [String]

        var isDone: Bool { verdict.hasPrefix("✅") }
    }

    /// Accepts the bot's invitation.
    static func join(_ moderator: TestClient, invitedBy bot: UserID) async throws -> ManagementRoom {
        let feed = try await moderator.follow()
        let room = try await feed.invitation(from: bot)
        try await moderator.join(room)
        return ManagementRoom(moderator: moderator, bot: bot, room: room, feed: feed)
    }

    /// Sends a command and waits until the bot has marked it with how it ended.
    ///
    /// `text` comes without prefix: `ban @spammer:example.org coc spam`.
    @discardableResult
    func command(_ text: String, within limit: Duration = .seconds(20)) async throws -> Answer {
        let mark = await feed.mark
        let command = try await moderator.say("!draupnir " + text, in: room)
        let (bot, room) = (bot, room)
        let verdict = try await feed.event("✅, ❌ or ⚠ on “\(text)”", in: room, since: mark, within: limit) { event in
            guard event.sender == bot, let reaction = event.reaction, reaction.target == command else { return false }
            return ["✅", "❌", "⚠"].contains(where: reaction.key.hasPrefix)
        }
        let messages = await feed.events[mark...].filter {
            $0.room == room && $0.sender == bot && $0.type == .message
        }
        return Answer(verdict: verdict.reaction?.key ?? "", messages: messages.compactMap(\.body))
    }

    /// Waits for something that the bot says.
    func message(
        since mark: Int = 0,
        within limit: Duration = .seconds(20),
        where matches: @escaping @Sendable (String) -> Bool
    ) async throws -> SyncedEvent {
        try await feed.message(in: room, from: bot, since: mark, within: limit, where: matches)
    }
}
