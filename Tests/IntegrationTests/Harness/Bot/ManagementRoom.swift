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
        /// `✅`, `❌`, or `⚠` for what was done in part; nil for what only shows what would be done.
        let verdict: String?
        /// The beginning of what it answers; further pages follow in a thread.
        let text: String

        var isDone: Bool { verdict?.hasPrefix("✅") ?? false }
        var isRefused: Bool { verdict?.hasPrefix("❌") ?? false }
    }

    /// Accepts the bot's invitation.
    static func join(_ moderator: TestClient, invitedBy bot: UserID) async throws -> ManagementRoom {
        let feed = try await moderator.follow()
        let room = try await feed.invitation(from: bot)
        try await moderator.join(room)
        return ManagementRoom(moderator: moderator, bot: bot, room: room, feed: feed)
    }

    /// Sends a command and waits until the bot has answered it and marked it with how it ended.
    ///
    /// `text` comes without prefix: `ban @spammer:example.org coc spam`.
    @discardableResult
    func command(_ text: String, within limit: Duration = .seconds(120)) async throws -> Answer {
        let mark = await feed.mark
        let command = try await moderator.say("!draupnir " + text, in: room)
        let reply = try await reply(to: command, text, since: mark, within: limit)
        let bot = bot
        let verdict = try await feed.event("✅, ❌ or ⚠ on “\(text)”", in: room, since: mark, within: limit) { event in
            guard event.sender == bot, let reaction = event.reaction, reaction.target == command else { return false }
            return ["✅", "❌", "⚠"].contains(where: reaction.key.hasPrefix)
        }
        return Answer(verdict: verdict.reaction?.key, text: reply)
    }

    /// Sends a command that only shows what it would do, and waits for that.
    func preview(_ text: String, within limit: Duration = .seconds(120)) async throws -> Answer {
        let mark = await feed.mark
        let command = try await moderator.say("!draupnir " + text, in: room)
        let reply = try await reply(to: command, text, since: mark, within: limit)
        // Marks are sent before the answer.
        let mine = await feed.events[mark...].first { $0.sender == bot && $0.reaction?.target == command }
        return Answer(verdict: mine?.reaction?.key, text: reply)
    }

    private func reply(
        to command: EventID,
        _ text: String,
        since mark: Int,
        within limit: Duration
    ) async throws
        -> String
    {
        let bot = bot
        let reply = try await feed.event("an answer to “\(text)”", in: room, since: mark, within: limit) { event in
            event.sender == bot && event.type == .message && event.answered == command
        }
        return reply.body ?? ""
    }

    /// Waits for something that the bot says.
    func message(
        since mark: Int = 0,
        within limit: Duration = .seconds(120),
        where matches: @escaping @Sendable (String) -> Bool
    ) async throws -> SyncedEvent {
        try await feed.message(in: room, from: bot, since: mark, within: limit, where: matches)
    }
}
