package import JSON
package import MatrixCore
package import Moderation
package import Protections

/// What the script does: no faults, no limits, no log.
extension SimulatedHomeserver {
    @discardableResult package func register(_ user: UserID, displayName: String? = nil) -> Account {
        set { $0.register(user, displayName: displayName) }
        return account(of: user)
    }

    /// From now on the user's token is refused, or accepted again.
    package func setToken(of user: UserID, valid: Bool) { set { $0.accounts[user]?.isTokenValid = valid } }

    /// Lets a user do what an action says, as far as the rules allow it; the user need not be registered.
    @discardableResult package func perform(
        _ action: Action,
        by user: UserID
    ) throws(HomeserverError) -> ActionResult {
        try change { world, now throws(HomeserverError) in try world.perform(action, by: user, at: now) }
    }

    package func makeRoom(
        by creator: UserID,
        _ template: RoomTemplate = RoomTemplate(preset: .publicChat)
    ) throws(HomeserverError) -> RoomID {
        try change { world, now throws(HomeserverError) in try world.createRoom(template, by: creator, at: now) }
    }

    /// Makes members of all of them, whatever the room's rules say.
    package func join(_ users: [UserID], to room: RoomID) throws(HomeserverError) {
        try change { world, now throws(HomeserverError) in
            for user in users { try world.append(.member(user, .join, by: user, in: room), at: now) }
        }
    }

    /// Writes a membership, whatever the room's rules say.
    @discardableResult package func setMembership(
        _ membership: Membership,
        of user: UserID,
        by sender: UserID? = nil,
        in room: RoomID
    ) throws(HomeserverError) -> EventID {
        try change { world, now throws(HomeserverError) in
            try world.append(.member(user, membership, by: sender ?? user, in: room), at: now)
        }
    }

    /// Writes an event, whatever the room's rules say: as one that came over federation.
    ///
    /// `timestamp` is what the sender's server claims, in milliseconds since 1970; nil for the truth.
    @discardableResult package func append(
        _ type: EventType,
        stateKey: String? = nil,
        content: JSONValue,
        by sender: UserID,
        in room: RoomID,
        timestamp: Int64? = nil
    ) throws(HomeserverError) -> EventID {
        var draft = EventDraft(room: room, type: type, sender: sender, stateKey: stateKey, content: content)
        draft.timestamp = timestamp
        return try change { [draft] world, now throws(HomeserverError) in try world.append(draft, at: now) }
    }

    /// A text message, as far as the rules allow it.
    @discardableResult package func say(
        _ text: String,
        by sender: UserID,
        in room: RoomID
    ) throws(HomeserverError) -> EventID {
        let content: JSONValue = ["msgtype": "m.text", "body": .string(text)]
        let result = try perform(.sendEvent(.message, content: content, in: room), by: sender)
        guard case .event(let event) = result else { throw .badAnswer("no event") }
        return event
    }

    package func setAlias(_ alias: RoomAlias, to room: RoomID?) { set { $0.aliases[alias] = room } }

    package func setAccountData(_ type: EventType, content: JSONValue, of user: UserID) throws(HomeserverError) {
        try change { world, _ throws(HomeserverError) in world.setAccountData(type, content: content, of: user) }
    }
}
