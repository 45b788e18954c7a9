import JSON
import MatrixCore
import Moderation
import Protections

extension World {
    /// Makes the room in Synapse's order of events.
    mutating func createRoom(
        _ template: RoomTemplate,
        by creator: UserID,
        at now: Moment
    ) throws(HomeserverError) -> RoomID {
        let version = template.version ?? defaultRoomVersion
        let alias = try template.aliasLocalpart.map { name throws(HomeserverError) in try freeAlias(name) }
        let hasLoneCreators = (Int(version) ?? 0) >= 12
        if !hasLoneCreators, let users = template.powerLevels["users"], users[creator.rawValue] == nil {
            throw .badRequest("Not a valid power_level_content_override: 'users' did not contain \(creator)")
        }
        let id = try makeRoom(version: version)
        if let alias { aliases[alias] = id }
        var creation = JSONObject()
        if case .object(let asked) = template.creationContent { creation = asked }
        creation["room_version"] = .string(version)
        if (Int(version) ?? 0) < 11 { creation["creator"] = .string(creator.rawValue) }
        func state(_ type: EventType, _ content: JSONValue, key: String = "") -> EventDraft {
            EventDraft(room: id, type: type, sender: creator, stateKey: key, content: content)
        }
        try append(state(.create, .object(creation)), at: now)
        try append(.member(creator, .join, by: creator, in: id, with: profile(of: creator)), at: now)
        let asked = Set(template.initialState.map { StateKey($0.type, $0.key) })
        var usual: [EventDraft] = [
            state(
                .powerLevels,
                initialPowerLevels(template, creator: hasLoneCreators ? nil : creator, version: version)
            )
        ]
        if let alias { usual.append(state(.canonicalAlias, ["alias": .string(alias.rawValue)])) }
        usual.append(state(.joinRules, ["join_rule": template.preset == .publicChat ? "public" : "invite"]))
        usual.append(state(.historyVisibility, ["history_visibility": "shared"]))
        if template.preset == .privateChat {
            usual.append(state(EventType(rawValue: "m.room.guest_access"), ["guest_access": "can_join"]))
        }
        for draft in usual where !asked.contains(StateKey(draft.type)) { try append(draft, at: now) }
        for entry in template.initialState { try append(state(entry.type, entry.content, key: entry.key), at: now) }
        if let name = template.name { try append(state(.name, ["name": .string(name)]), at: now) }
        for user in template.invite { _ = try change(user, .invite, by: creator, in: id, at: now) }
        return id
    }

    private func freeAlias(_ localpart: String) throws(HomeserverError) -> RoomAlias {
        guard !localpart.utf8.contains(UInt8(ascii: ":")), !localpart.utf8.contains(0x20) else {
            throw .badRequest("Invalid characters in room alias")
        }
        guard let alias = try? RoomAlias(parsing: "#\(localpart):\(serverName)") else {
            throw .badRequest("Invalid characters in room alias", code: "M_INVALID_PARAM")
        }
        guard aliases[alias] == nil else { throw .badRequest("Room alias already taken", code: "M_ROOM_IN_USE") }
        return alias
    }

    private func initialPowerLevels(_ template: RoomTemplate, creator: UserID?, version: String) -> JSONValue {
        let isNew = (Int(version) ?? 0) >= 12
        var users = JSONObject()
        if let creator { users[creator.rawValue] = 100 }
        var levels: JSONValue = [
            "users_default": 0,
            "events": [
                "m.room.name": 50, "m.room.power_levels": 100, "m.room.history_visibility": 100,
                "m.room.canonical_alias": 50, "m.room.avatar": 50, "m.room.tombstone": isNew ? 150 : 100,
                "m.room.server_acl": 100, "m.room.encryption": 100,
            ],
            "events_default": 0, "state_default": 50, "ban": 50, "kick": 50, "redact": 50, "invite": 50,
            "historical": 100,
        ]
        if case .object(var content) = levels {
            content["users"] = .object(users)
            if template.preset == .privateChat { content["invite"] = 0 }
            if case .object(let override) = template.powerLevels {
                for member in override.members { content[member.name] = member.value }
            }
            levels = .object(content)
        }
        return levels
    }

    mutating func join(_ reference: RoomReference, by user: UserID, at now: Moment) throws(HomeserverError) -> RoomID {
        let id: RoomID
        switch reference.name {
        case .id(let named): id = named
        case .alias(let alias): id = try resolve(alias).room
        }
        _ = try change(user, .join, by: user, in: id, at: now)
        return id
    }

    /// The room, and the servers that are in it, our own first.
    func resolve(_ alias: RoomAlias) throws(HomeserverError) -> (room: RoomID, via: [ServerName]) {
        guard let id = aliases[alias], let room = rooms[id] else { throw .notFound("Room alias \(alias) not found") }
        let others = Set(room.members(.join).map(\.server)).filter { !equalByBytes($0.rawValue, serverName) }
        let own = (try? ServerName(parsing: serverName)).map { [$0] } ?? []
        return (id, own + others.sorted())
    }
}
