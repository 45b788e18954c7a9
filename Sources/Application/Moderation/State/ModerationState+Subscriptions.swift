import Commands
import JSON
import MatrixCore
import Observability
import PolicyEngine
import Protections
import RoomState

/// Which rooms are followed, and getting hold of them: aliases resolved, rooms joined, state loaded.
extension ModerationState {
    /// Sees to it that every protected room and every list is joined and loaded, and that nothing else is kept.
    mutating func subscribe() {
        for reference in bot.watchedLists.references {
            if case .alias(let alias) = reference.name, bot.resolved[alias] == nil {
                ask(.resolve(alias), for: reference.name)
            }
        }
        let wanted = Set(bot.protectedRooms + bot.listRooms)
        troubles = troubles.filter { name, _ in
            switch name {
            case .id(let room): wanted.contains(room)
            case .alias: bot.watchedLists.references.contains { $0.name == name }
            }
        }
        for room in bot.protectedRooms {
            rooms.setProtected(true, room)
            subscribe(to: room, needsMembers: true)
        }
        for room in bot.listRooms where !bot.protects(room) { subscribe(to: room, needsMembers: false) }
        for room in rooms.trackedRooms where !wanted.contains(room) { drop(room) }
    }

    private mutating func subscribe(to room: RoomID, needsMembers: Bool) {
        rooms.track(room)
        guard bot.joined.contains(room) else {
            let via = bot.watchedLists.references.first { bot.room(of: $0) == room }?.via ?? []
            return ask(.join(RoomReference(room, via: via)), for: .id(room))
        }
        guard loading[room] == nil, let known = rooms[room] else { return }
        let isLoaded = known.authority.creation != nil && (known.hasMembers || !needsMembers)
        if isLoaded {
            if bot.watches(room), policies[room] == nil { reload(room) }
        } else {
            reload(room)
        }
    }

    mutating func reload(_ room: RoomID) {
        loading[room] = loading[room] ?? []
        enqueue(.loadState(room), because: .upkeep("state of a followed room"), lane: .housekeeping)
    }

    /// Asks unless it was refused lately, or a dry run must not join.
    private mutating func ask(_ action: Action, for name: RoomReference.Name) {
        if isTroubled(name) { return }
        // Until its answer comes it is not asked for again.
        troubles[name]?.retryAt = now.monotonic + .seconds(300)
        if settings.isDryRun, action.changesSomething {
            troubles[name] = Trouble(
                text: "not joined, and a dry run joins no room",
                retryAt: .seconds(Int64.max / 4),
                attempts: 1
            )
            return
        }
        enqueue(action, because: .upkeep("followed rooms"), lane: .housekeeping)
    }

    private mutating func drop(_ room: RoomID) {
        if policies[room] != nil { policyChanges += policies.unwatch(room) }
        rooms.setProtected(false, room)
        rooms.untrack(room)
        activity.forget(room)
        loading[room] = nil
        draft.rooms[room] = RoomChange()
        draft.rooms[room]?.forgets = true
        for row in queue.rows.values where row.isDesire && row.action.room == room && !queue.isInFlight(row.id) {
            close(row, .dropped, "the room is no longer protected")
        }
    }

    /// A watched list that is protected no more, or the other way round, or let go: everything anew from what the bot has.
    mutating func noteSubscriptionsChanged() {
        for list in policies.lists.map(\.room) where !bot.watches(list) { policyChanges += policies.unwatch(list) }
        for room in rooms.trackedRooms where rooms[room]?.isProtected == true && !bot.protects(room) {
            rooms.setProtected(false, room)
        }
        subscribe()
    }

    mutating func noteResolved(_ alias: RoomAlias, _ room: RoomID) {
        troubles[.alias(alias)] = nil
        guard bot.watchedLists.references.contains(where: { $0.name == .alias(alias) }) else { return }
        bot.resolved[alias] = room
        writeResolvedAliases()
        subscribe()
    }

    mutating func noteJoined(_ room: RoomID) {
        troubles[.id(room)] = nil
        guard bot.joined.insert(room).inserted else { return }
        joinedRoomsChanged = true
        guard bot.protects(room) || bot.watches(room) else { return }
        // Whatever was known of it is old: it was not seen while the bot was away.
        reload(room)
    }

    mutating func noteLeft(_ room: RoomID) {
        guard bot.joined.remove(room) != nil else { return }
        joinedRoomsChanged = true
    }
}

extension RoomEvent {
    /// Whether a policy list is made of it.
    var isPolicy: Bool { stateKey != nil && (PolicyKind(eventType: type) != nil || type == .shortcode) }
}
