/// An event type.
///
/// A struct, not an enum: the spec and every client may add types. Equal by bytes, like identifiers.
package struct EventType: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    package static func == (left: Self, right: Self) -> Bool { equalByBytes(left.rawValue, right.rawValue) }
    package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
    package var description: String { rawValue }

    package static let message = Self(rawValue: "m.room.message")
    package static let encrypted = Self(rawValue: "m.room.encrypted")
    package static let reaction = Self(rawValue: "m.reaction")
    package static let redaction = Self(rawValue: "m.room.redaction")

    package static let create = Self(rawValue: "m.room.create")
    package static let member = Self(rawValue: "m.room.member")
    package static let powerLevels = Self(rawValue: "m.room.power_levels")
    package static let joinRules = Self(rawValue: "m.room.join_rules")
    package static let serverACL = Self(rawValue: "m.room.server_acl")
    package static let tombstone = Self(rawValue: "m.room.tombstone")
    package static let encryption = Self(rawValue: "m.room.encryption")
    package static let name = Self(rawValue: "m.room.name")
    package static let canonicalAlias = Self(rawValue: "m.room.canonical_alias")
    package static let historyVisibility = Self(rawValue: "m.room.history_visibility")

    /// A policy list's short name.
    package static let shortcode = Self(rawValue: "org.matrix.mjolnir.shortcode")
}

/// A type of the bot's own account data, as Draupnir and Mjolnir wrote them.
package enum AccountDataType {
    package static let protectedRooms = EventType(rawValue: "org.matrix.mjolnir.protected_rooms")
    package static let watchedLists = EventType(rawValue: "org.matrix.mjolnir.watched_lists")
    package static let enabledProtections = EventType(rawValue: "org.matrix.mjolnir.enabled_protections")
    /// The management room that the bot made for itself.
    package static let managementRoom = EventType(rawValue: "space.draupnir.zero_touch_deploy_room")

    package static let all: Set<EventType> = [protectedRooms, watchedLists, enabledProtections, managementRoom]
}
