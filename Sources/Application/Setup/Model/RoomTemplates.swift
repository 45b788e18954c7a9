import JSON
package import MatrixCore
package import Protections

/// The room in which moderators command the bot: private and not encrypted.
package struct ManagementRoomTemplate: Sendable {
    package let managers: [UserID]
    package let bot: UserID
    /// In version 12 and later the bot is a creator, stands above all levels, and must not be named among the users.
    package let privilegesCreators: Bool

    package init(managers: [UserID], bot: UserID, privilegesCreators: Bool) {
        self.managers = managers
        self.bot = bot
        self.privilegesCreators = privilegesCreators
    }

    package var room: RoomTemplate {
        var users = JSONObject()
        for manager in managers { users[manager.rawValue] = .integer(privilegesCreators ? 150 : 100) }
        if !privilegesCreators { users[bot.rawValue] = 101 }
        return RoomTemplate(
            name: "\(managers.first.map { "\($0)'s " } ?? "")Draupnir",
            preset: .privateChat,
            invite: managers,
            powerLevels: ["users": .object(users)],
            initialState: [
                .init(type: .historyVisibility, content: ["history_visibility": "shared"]),
                .init(type: EventType(rawValue: "m.room.guest_access"), content: ["guest_access": "forbidden"]),
            ]
        )
    }
}

/// A policy list that managers may write to, as the command `list create` makes it.
package struct PolicyListTemplate: Sendable {
    package let shortcode: String
    package let managers: [UserID]
    package let bot: UserID
    package let privilegesCreators: Bool

    package init(shortcode: String, managers: [UserID], bot: UserID, privilegesCreators: Bool) {
        self.shortcode = shortcode
        self.managers = managers
        self.bot = bot
        self.privilegesCreators = privilegesCreators
    }

    package var room: RoomTemplate {
        var users = JSONObject()
        for manager in managers { users[manager.rawValue] = 50 }
        if !privilegesCreators { users[bot.rawValue] = 100 }
        return RoomTemplate(
            name: shortcode,
            preset: .publicChat,
            invite: managers,
            creationContent: ["type": "m.policy"],
            powerLevels: [
                "ban": 50, "kick": 50, "redact": 50, "invite": 0, "state_default": 50, "events_default": 50,
                "users_default": 0, "events": ["m.room.name": 100, "m.room.power_levels": 100],
                "notifications": ["room": 20], "users": .object(users),
            ],
            initialState: [.init(type: .shortcode, content: ["shortcode": .string(shortcode)])]
        )
    }
}
