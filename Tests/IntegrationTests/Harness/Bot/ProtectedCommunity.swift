import JSON
import MatrixCore
import Testing

/// A community that a bot protects by one policy list, and the moderator of both: who made the rooms.
struct ProtectedCommunity: Sendable {
    let moderator: TestClient
    let rooms: [RoomID]
    let members: [TestClient]
    let list: RoomID
    /// The bot's account, which joined everything already and has power level 100 there.
    let account: TestClient
    let bot: BotProcess
    /// Through which the bot talks to the homeserver.
    let proxy: FaultyProxy

    /// What a community is made with.
    struct Plan: Sendable {
        var rooms = 2
        var members = 1
        var version = "11"
    }

    fileprivate init(_ plan: Plan, on synapse: Synapse) async throws {
        account = try await synapse.register("bot")
        let community = try await synapse.makeCommunity(
            rooms: plan.rooms,
            members: plan.members,
            admins: [account],
            version: plan.version
        )
        moderator = community.owner
        rooms = community.rooms
        members = community.members
        var list = NewRoom(name: "List")
        list.creation = ["type": "m.policy"]
        list.initialState = [(.shortcode, "", ["shortcode": "coc"])]
        list.powerLevels = ["users": JSONValue.object([moderator.userID: 101, account.userID: 50])]
        self.list = try await moderator.createRoom(list)
        try await account.join(self.list)
        if synapse.options.limitsRates {
            try await synapse.register("admin", isAdmin: true).removeRateLimit(of: account.userID)
        }
        proxy = try FaultyProxy(to: synapse)
        bot = try BotProcess(account, manager: moderator.userID, through: proxy)
        try await account.setAccountData(
            AccountDataType.protectedRooms,
            ["rooms": .array(rooms.map { .string($0.rawValue) })]
        )
        try await account.setAccountData(AccountDataType.watchedLists, ["references": [.string(link(to: self.list))]])
    }

    /// Starts the bot for the first time and accepts its invitation to the management room that it makes.
    func start() async throws -> ManagementRoom {
        try await bot.launch()
        let room = try await ManagementRoom.join(moderator, invitedBy: account.userID)
        try await bot.waitUntilHealthy()
        return room
    }

    /// Ends the bot and what stands between it and the homeserver.
    fileprivate func end() async {
        if await bot.isRunning { _ = try? await bot.kill() }
        proxy.stop()
    }
}

/// Makes a community for one test; the bot is not started yet, and ends with the test.
func withProtectedCommunity(
    _ plan: ProtectedCommunity.Plan = .init(),
    on options: SynapseOptions = SynapseOptions(),
    _ body: (ProtectedCommunity) async throws -> Void
) async throws {
    let town = try await ProtectedCommunity(plan, on: Synapse.shared(options))
    do {
        try await body(town)
        await town.end()
    } catch {
        await town.end()
        // What the bot wrote is in the folder that goes with the test run.
        Issue.record(error, "The bot wrote:\n\(await town.bot.log.suffix(6_000))")
    }
}

func link(to room: RoomID) -> String { Permalink(.room(RoomReference(room))).text }

// MARK: - Rules

/// What a rule does.
enum RuleKind: String {
    case user, server, room
}

extension ProtectedCommunity {
    /// Writes a rule as a moderator's client does; the key tells which rule it takes the place of.
    @discardableResult
    func rule(
        _ kind: RuleKind = .user,
        _ entity: String,
        reason: String = "spam",
        recommendation: String = "m.ban",
        key: String? = nil
    ) async throws -> EventID {
        let content: JSONValue = [
            "entity": .string(entity), "reason": .string(reason), "recommendation": .string(recommendation),
        ]
        return try await policy(kind, key: key ?? "rule:" + entity, content)
    }

    /// Bans users by a rule for each.
    func ban(_ users: [TestClient]) async throws {
        for user in users { try await rule(.user, user.userID.rawValue) }
    }

    /// Writes any policy event; an empty one takes the rule away.
    @discardableResult
    func policy(_ kind: RuleKind, key: String, _ content: JSONValue) async throws -> EventID {
        try await moderator.setState(EventType(rawValue: "m.policy.rule." + kind.rawValue), key: key, content, in: list)
    }
}

// MARK: - What is seen

extension ManagementRoom {
    /// Waits until these users are banned in these rooms.
    func bans(of users: [TestClient], in rooms: [RoomID], within limit: Duration = .seconds(120)) async throws {
        try await feed.rooms("bans of \(users.count) users in \(rooms.count) rooms", within: limit) { seen in
            users.allSatisfy { seen.membership(of: $0.userID, is: .ban, in: rooms) }
        }
    }

    /// How many ban events of the bot there were for each room and user.
    var banCounts: [BannedPlace: Int] {
        get async {
            var counts: [BannedPlace: Int] = [:]
            for event in await feed.events where event.sender == bot {
                if case (let user, .ban)? = event.memberChange {
                    counts[BannedPlace(room: event.room, user: user), default: 0] += 1
                }
            }
            return counts
        }
    }
}

struct BannedPlace: Hashable, Sendable {
    let room: RoomID
    let user: UserID
}

extension JSONObject {
    /// Power levels by user.
    init(_ levels: KeyValuePairs<UserID, Int64>) {
        self.init()
        for (user, level) in levels { self[user.rawValue] = .integer(level) }
    }
}

extension JSONValue {
    static func object(_ levels: KeyValuePairs<UserID, Int64>) -> JSONValue { .object(JSONObject(levels)) }
}
