import JSON
import MatrixCore
import Moderation

/// What somebody asks to become of a member; a kick and an unban both make a leave.
enum MembershipRequest: String {
    case join, leave, invite, ban, unban, kick

    var result: Membership {
        switch self {
        case .join: .join
        case .leave, .unban, .kick: .leave
        case .invite: .invite
        case .ban: .ban
        }
    }
}

/// Synapse's rules for members, in Synapse's order: what its handler says first, then the authorization rules.
extension World {
    mutating func change(
        _ target: UserID,
        _ request: MembershipRequest,
        by sender: UserID,
        in id: RoomID,
        content: JSONObject = JSONObject(),
        at now: Moment
    ) throws(HomeserverError) -> EventID {
        guard let room = rooms[id], room.joinedCount > 0 else {
            throw unknownRoom(for: request)
        }
        var content = content
        if request == .join || request == .invite {
            for member in profile(of: target).members { content[member.name] = member.value }
        }
        let draft = EventDraft.member(target, request.result, by: sender, in: id, with: content)
        let old = room.event(StateKey(.member, target.rawValue))
        if let old { try checkTransition(from: old.membership, by: request) }
        if request == .kick, ![.join, .invite, .knock].contains(room.membership(of: target)) {
            throw .forbidden("The target user is not in the room")
        }
        // The same again makes no second event, and is not asked whether it may.
        if let old, old.sender == sender, old.content == draft.content { return old.id }
        try checkServer(of: sender, in: room)
        try authorize(request.result, of: target, by: sender, in: room)
        return try append(draft, at: now)
    }

    /// What the server writes into joins and invitations of its own users.
    func profile(of user: UserID) -> JSONObject {
        var profile = JSONObject()
        profile["displayname"] = accounts[user]?.displayName.map { .string($0) }
        return profile
    }

    private func unknownRoom(for request: MembershipRequest) -> HomeserverError {
        switch request {
        case .join:
            .refused(
                status: 404,
                code: "M_UNKNOWN",
                message: "Can't join remote room because no servers that are in the room have been provided."
            )
        case .leave: .refused(status: 404, code: "M_UNKNOWN", message: "Not a known room")
        case .invite, .ban, .unban, .kick: .forbidden("Unknown room")
        }
    }

    private func checkTransition(from old: Membership?, by request: MembershipRequest) throws(HomeserverError) {
        if request == .unban, old != .ban {
            throw .badState("Cannot unban user who was not banned (membership=\(old?.name ?? "None"))")
        }
        if old == .ban, ![.ban, .unban, .leave].contains(request) {
            throw .badState("Cannot \(request.rawValue) user who was banned")
        }
    }

    func authorize(
        _ membership: Membership,
        of target: UserID,
        by sender: UserID,
        in room: SimulatedRoom
    ) throws(HomeserverError) {
        let own = room.membership(of: sender)
        if membership == .leave, target == sender, own == .invite || own == .knock { return }
        if membership != .join, own != .join { throw .forbidden("\(sender) not in room \(room.id).") }
        let (level, targetLevel) = (room.authority.level(of: sender), room.authority.level(of: target))
        let targetIsBanned = room.membership(of: target) == .ban
        switch membership {
        case .invite:
            if targetIsBanned { throw .forbidden("\(target) is banned from the room") }
            if room.membership(of: target) == .join { throw .forbidden("\(target) is already in the room.") }
            guard level >= room.authority.named("invite", 0) else {
                throw .forbidden("You don't have permission to invite users")
            }
        case .leave:
            if targetIsBanned, level < room.authority.named("ban", 50) {
                throw .forbidden("You cannot unban user \(target).")
            }
            if target != sender, level < room.authority.named("kick", 50) || level <= targetLevel {
                throw .forbidden("You cannot kick user \(target).")
            }
        case .ban:
            guard level >= room.authority.named("ban", 50) else {
                throw .forbidden("You don't have permission to ban")
            }
            guard level > targetLevel else { throw .forbidden("You don't have permission to ban this user") }
        case .join: try authorizeJoin(of: target, in: room)
        case .knock: throw .forbidden("You don't have permission to knock")
        }
    }

    private func authorizeJoin(of user: UserID, in room: SimulatedRoom) throws(HomeserverError) {
        let own = room.membership(of: user)
        if own == .ban { throw .forbidden("You are banned from this room") }
        if own == .join || own == .invite { return }
        switch room.content(.joinRules)?["join_rule"] {
        case "public": return
        case "restricted", "knock_restricted":
            guard allowedRooms(of: room).contains(where: { rooms[$0]?.membership(of: user) == .join }) else {
                throw .forbidden("You do not belong to any of the required rooms/spaces to join this room.")
            }
        default: throw .forbidden("You are not invited to this room.")
        }
    }

    private func allowedRooms(of room: SimulatedRoom) -> [RoomID] {
        guard case .array(let allow)? = room.content(.joinRules)?["allow"] else { return [] }
        return allow.compactMap { entry in
            guard case .string(let text)? = entry["room_id"] else { return nil }
            return try? RoomID(parsing: text)
        }
    }

    /// Whether the room's server ACL lets the user's server take part; our own server does not ask it.
    func checkServer(of user: UserID, in room: SimulatedRoom) throws(HomeserverError) {
        let server = user.server
        guard !equalByBytes(server.rawValue, serverName), let content = room.content(.serverACL) else { return }
        guard serverACL(content).admits(server) else { throw .forbidden("Server is banned from room") }
    }

    func serverACL(_ content: JSONValue) -> ServerACLContent {
        let bytes = content.encoded()
        guard let view = try? JSONReader().read(bytes.span) else { return ServerACLContent() }
        return ServerACLContent(view)
    }
}
