package import JSON
package import MatrixCore
package import Protections
package import RoomState

/// One bot: its account, its management room, what it protects and by which lists.
///
/// A value that the pipeline consults: nothing of rooms or policies is the bot's own.
package struct Bot: Sendable {
    package let user: UserID
    package var displayName: String?
    /// Nil until it is found, joined or made.
    package var managementRoom: RoomID?
    /// The management room that the bot once made for itself, by its account data.
    package var ownManagementRoom: RoomID?
    package var protectedRoomsData = ProtectedRoomsData()
    package var watchedLists = WatchedListsData()
    package var enabledProtections = EnabledProtectionsData()
    /// Rooms that aliases among the watched lists stand for, as far as they are resolved.
    package var resolved: [RoomAlias: RoomID] = [:]
    package var joined: Set<RoomID> = []
    package var disablesServerACL = false

    package init(user: UserID) { self.user = user }

    /// Every room that is protected: those of the account data, and the management room, which always is.
    package var protectedRooms: [RoomID] {
        var rooms = protectedRoomsData.rooms
        if let managementRoom, !protectedRoomsData.contains(managementRoom) { rooms.append(managementRoom) }
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

    package func protects(_ room: RoomID) -> Bool {
        room == managementRoom || protectedRoomsData.contains(room)
    }

    package func watches(_ room: RoomID) -> Bool { watchedLists.references.contains { self.room(of: $0) == room } }

    package var appliesMemberBans: Bool {
        enabledProtections.isEnabled(EnabledProtectionsData.memberBans)
    }

    package var appliesServerBans: Bool {
        !disablesServerACL && enabledProtections.isEnabled(EnabledProtectionsData.serverBans)
    }
}

extension Bot {
    /// The account data as it is to be after a change.
    package func content(after change: AccountDataChange) -> JSONValue {
        switch change {
        case .protect(let room): protectedRoomsData.adding(room).content
        case .unprotect(let room): protectedRoomsData.removing(room).content
        case .watch(let room, let via): watchedLists.adding(room, via: via).content
        case .unwatch(let names): watchedLists.removing(names).content
        case .noteManagementRoom(let room, let via):
            ["room": .string(Permalink(.room(RoomReference(room, via: via))).text)]
        }
    }
}

extension Bot {
    /// Who is never banned: the bot itself, and whoever has joined the management room, unless anyone may join that.
    package func spares(_ user: UserID, _ rooms: RoomStates) -> Bool {
        if user == self.user { return true }
        guard let managementRoom, rooms[managementRoom]?.joinRule != "public" else { return false }
        return rooms.membership(of: user, in: managementRoom) == .join
    }
}
