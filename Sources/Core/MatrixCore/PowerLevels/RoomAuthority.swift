/// How much a user may do; a creator of a room of version 12 stands above every level.
package enum Power: Sendable, Equatable, Comparable {
    case level(Int64)
    case creator

    package static func < (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.level(let left), .level(let right)): left < right
        case (.level, .creator): true
        case (.creator, _): false
        }
    }
}

/// Why a power check fails, with the numbers that a person needs to mend it.
package enum PowerProblem: Error, Sendable, Equatable {
    case tooLittle(has: Power, needs: Int64)
    case targetIsNotBelow(target: Power, own: Power)
}

/// Who may do what in one room: its creation and its power levels together.
package struct RoomAuthority: Sendable, Equatable {
    package var creation: RoomCreation?
    /// Nil where the room has no `m.room.power_levels`.
    package var levels: PowerLevels?

    package init(creation: RoomCreation? = nil, levels: PowerLevels? = nil) {
        self.creation = creation
        self.levels = levels
    }

    package func power(of user: UserID) -> Power {
        if let creation, creation.isPrivileged(user) { return .creator }
        if let levels { return .level(levels.level(of: user)) }
        // Without the event the creator has 100 and all others nothing, by the authorization rules.
        return .level(creation?.sender == user ? 100 : 0)
    }

    /// The levels in force: without the event a state event needs no power, by the authorization rules.
    package var effectiveLevels: PowerLevels {
        if let levels { return levels }
        var none = PowerLevels()
        none.stateDefault = 0
        return none
    }

    /// Whether `own` may ban, kick or unban `target`.
    ///
    /// An unban needs the level for kicks too, since it is a leave that somebody else sends.
    package func check(_ verb: MembershipVerb, of target: UserID, by own: UserID) throws(PowerProblem) {
        let needed =
            switch verb {
            case .ban: effectiveLevels.ban
            case .kick: effectiveLevels.kick
            case .unban: max(effectiveLevels.ban, effectiveLevels.kick)
            }
        try check(level: needed, by: own)
        let ownPower = power(of: own)
        let targetPower = power(of: target)
        guard ownPower > targetPower else { throw .targetIsNotBelow(target: targetPower, own: ownPower) }
    }

    package func checkSending(state type: EventType, by own: UserID) throws(PowerProblem) {
        try check(level: effectiveLevels.levelToSend(state: type), by: own)
    }

    package func check(level needed: Int64, by own: UserID) throws(PowerProblem) {
        let ownPower = power(of: own)
        guard ownPower >= .level(needed) else { throw .tooLittle(has: ownPower, needs: needed) }
    }
}

package enum MembershipVerb: Sendable {
    case ban, kick, unban
}
