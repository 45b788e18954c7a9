import JSON
package import MatrixCore

/// The rooms that the bot makes. `version` is that which the server gives new rooms; unknown, it is taken for an older one.
///
/// From version 12 on the bot, as a creator, stands above all levels and must not be named among the users.
extension RoomTemplate {
    /// In which moderators command the bot: private and not encrypted.
    package static func managementRoom(for managers: [UserID], bot: UserID, version: String?) -> RoomTemplate {
        let privilegesCreators = version.map(RoomCreation.privilegesCreators) ?? false
        var users = JSONObject()
        for manager in managers { users[manager.rawValue] = .integer(privilegesCreators ? 150 : 100) }
        if !privilegesCreators { users[bot.rawValue] = 101 }
        return RoomTemplate(
            name: "\(managers.first.map { "\($0)'s " } ?? "")Draupnir",
            preset: .privateChat,
            invite: managers,
            powerLevels: ["users": .object(users)]
        )
    }

    /// A policy list to which `writers` may write besides the bot.
    package static func policyList(
        _ shortcode: String,
        aliasLocalpart: String? = nil,
        writers: [UserID],
        bot: UserID,
        version: String?
    ) -> RoomTemplate {
        var users = JSONObject()
        for writer in writers { users[writer.rawValue] = 50 }
        if !(version.map(RoomCreation.privilegesCreators) ?? false) { users[bot.rawValue] = 100 }
        return RoomTemplate(
            name: shortcode,
            aliasLocalpart: aliasLocalpart,
            preset: .publicChat,
            invite: writers,
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
