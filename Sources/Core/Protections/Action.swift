package import JSON
package import MatrixCore

/// One thing that can be asked of a homeserver, complete: whoever carries it out needs to know nothing else.
package enum Action: Sendable, Equatable, Codable {
    // Members of a room.
    case ban(UserID, in: RoomID, reason: String)
    case unban(UserID, in: RoomID)
    case kick(UserID, in: RoomID, reason: String)
    case invite(UserID, in: RoomID)

    // Events.
    case setServerACL(ServerACLContent, in: RoomID)
    case sendState(EventType, key: String, content: JSONValue, in: RoomID)
    case sendEvent(EventType, content: JSONValue, in: RoomID)
    case redact(EventID, reason: String, in: RoomID)

    // Rooms.
    case join(RoomReference)
    case leave(RoomID)
    case createRoom(RoomTemplate)

    // The account.
    /// Becomes a `.setAccountData` of what is known when it is sent, so that two changes never undo each other.
    case changeAccountData(AccountDataChange)
    case setAccountData(EventType, content: JSONValue)

    // Questions, whose answers come back as inputs.
    /// The version that the server gives new rooms.
    case askRoomVersion
    case resolve(RoomAlias)
    /// The whole state of a room, by `/state`.
    case loadState(RoomID)
    /// What a limited sync left out of a room's timeline.
    case fillGap(Gap)

    /// Whether it changes a room, a list, a user or the account: what a dry run must not do.
    package var changesSomething: Bool {
        switch self {
        case .ban, .unban, .kick, .invite, .setServerACL, .sendState, .redact, .join, .leave, .createRoom,
            .changeAccountData, .setAccountData:
            true
        case .sendEvent, .resolve, .loadState, .fillGap, .askRoomVersion: false
        }
    }

    /// The room that it is about, where one is known.
    package var room: RoomID? {
        switch self {
        case .ban(_, let room, _), .unban(_, let room), .kick(_, let room, _), .invite(_, let room),
            .setServerACL(_, let room), .sendState(_, _, _, let room), .sendEvent(_, _, let room),
            .redact(_, _, let room), .leave(let room), .loadState(let room):
            room
        case .fillGap(let gap): gap.room
        case .join(let reference):
            switch reference.name {
            case .id(let room): room
            case .alias: nil
            }
        case .createRoom, .changeAccountData, .setAccountData, .resolve, .askRoomVersion: nil
        }
    }

    /// The user that it is done to.
    package var target: UserID? {
        switch self {
        case .ban(let user, _, _), .unban(let user, _), .kick(let user, _, _), .invite(let user, _): user
        default: nil
        }
    }

    /// A word for the journal, the log and metrics: one of a fixed set.
    package var verb: String {
        switch self {
        case .ban: "ban"
        case .unban: "unban"
        case .kick: "kick"
        case .invite: "invite"
        case .setServerACL: "server_acl"
        case .sendState: "state"
        case .sendEvent: "send"
        case .redact: "redact"
        case .join: "join"
        case .leave: "leave"
        case .createRoom: "create_room"
        case .changeAccountData, .setAccountData: "account_data"
        case .resolve: "resolve"
        case .askRoomVersion: "room_version"
        case .loadState: "load_state"
        case .fillGap: "fill_gap"
        }
    }
}

/// One change of what the bot's account remembers.
package enum AccountDataChange: Sendable, Equatable, Codable {
    case protect(RoomID)
    case unprotect(RoomID)
    case watch(RoomID, via: [ServerName])
    /// By all names that the list goes by.
    case unwatch([RoomReference.Name])
    case noteManagementRoom(RoomID, via: [ServerName])

    /// The account data that it changes.
    package var type: EventType {
        switch self {
        case .protect, .unprotect: AccountDataType.protectedRooms
        case .watch, .unwatch: AccountDataType.watchedLists
        case .noteManagementRoom: AccountDataType.managementRoom
        }
    }
}

/// A stretch of a room's timeline that sync left out: from its `prev_batch` back to where the last sync ended.
package struct Gap: Sendable, Equatable, Hashable, Codable {
    package let room: RoomID
    /// The `prev_batch` of the limited timeline: where reading backwards begins.
    package let from: String
    /// The sync position before it: where reading backwards ends; nil where there was none.
    package let to: String?

    package init(room: RoomID, from: String, to: String?) {
        self.room = room
        self.from = from
        self.to = to
    }
}
