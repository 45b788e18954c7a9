package import MatrixCore

/// One bot: its account, its management room, what it guards and by which lists.
///
/// A value that the pipeline consults: nothing of rooms or policies is the bot's own.
package struct Bot: Sendable {
    package let user: UserID
    package var displayName: String?
    /// Nil until it is found, joined or made.
    package var managementRoom: RoomID?
    /// The management room that the bot once made for itself, by its account data.
    package var ownManagementRoom: RoomID?
    package var protectedRooms = ProtectedRoomsData()
    package var watchedLists = WatchedListsData()
    package var enabledProtections = EnabledProtectionsData()
    /// Rooms that aliases among the watched lists stand for, as far as they are resolved.
    package var resolved: [RoomAlias: RoomID] = [:]
    package var joined: Set<RoomID> = []
    package var disablesServerACL = false

    package init(user: UserID) { self.user = user }

    /// Every room that is guarded: those of the account data, and the management room, which always is.
    package var guardedRooms: [RoomID] {
        var rooms = protectedRooms.rooms
        if let managementRoom, !protectedRooms.contains(managementRoom) { rooms.append(managementRoom) }
        return rooms
    }

    /// The watched lists' rooms, as far as they are known, in the order of the account data.
    package var listRooms: [RoomID] {
        var rooms: [RoomID] = []
        for reference in watchedLists.references {
            guard let room = room(of: reference), !rooms.contains(room) else { continue }
            rooms.append(room)
        }
        return rooms
    }

    package func room(of reference: RoomReference) -> RoomID? {
        switch reference.name {
        case .id(let room): room
        case .alias(let alias): resolved[alias]
        }
    }

    package func guards(_ room: RoomID) -> Bool {
        room == managementRoom || protectedRooms.contains(room)
    }

    package func watches(_ room: RoomID) -> Bool { watchedLists.references.contains { self.room(of: $0) == room } }

    package var appliesMemberBans: Bool {
        enabledProtections.isEnabled(EnabledProtectionsData.memberBans)
    }

    package var appliesServerBans: Bool {
        !disablesServerACL && enabledProtections.isEnabled(EnabledProtectionsData.serverBans)
    }
}
