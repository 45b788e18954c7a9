import JSON
import MatrixCore
import Moderation

extension SimulatedRoom {
    /// Whether the user may put these power levels in the place of the present ones.
    func checkPowerLevels(_ new: JSONValue, by user: UserID) throws(HomeserverError) {
        try checkForm(of: new)
        guard let old = content(.powerLevels) else { return }
        let own = authority.level(of: user)
        for name in ["users_default", "events_default", "state_default", "ban", "redact", "kick", "invite"] {
            try check(old: old[name], new: new[name], own: own, isOthers: false)
        }
        for list in ["users", "events", "notifications"] {
            for name in [old, new].flatMap({ $0[list]?.names ?? [] }) {
                let isOthers = list == "users" && !equalByBytes(name, user.rawValue)
                try check(old: old[list]?[name], new: new[list]?[name], own: own, isOthers: isOthers)
            }
        }
    }

    private func checkForm(of new: JSONValue) throws(HomeserverError) {
        for name in new["users"]?.names ?? [] {
            guard let user = try? UserID(parsing: name) else { throw .badRequest("Not a valid user_id: \(name)") }
            if authority.isCreator(user) {
                throw .badRequest("Creator user \(name) must not appear in content.users")
            }
        }
        guard versionNumber >= 10 else { return }
        for name in ["users_default", "events_default", "state_default", "ban", "redact", "kick", "invite"] {
            if let value = new[name], value.wholeNumber == nil { throw .badRequest("must be an integer.") }
        }
        for list in ["events", "notifications", "users"] {
            guard let value = new[list] else { continue }
            guard case .object(let object) = value, object.members.allSatisfy({ $0.value.wholeNumber != nil }) else {
                throw .badRequest("must be a dict wherein all the values are integers.")
            }
        }
    }

    private func check(old: JSONValue?, new: JSONValue?, own: Int64, isOthers: Bool) throws(HomeserverError) {
        let (old, new) = (old?.wholeNumber, new?.wholeNumber)
        if let old, let new, old == new { return }
        if old == nil, new == nil { return }
        if isOthers, old == own {
            throw .forbidden("You don't have permission to remove ops level equal to your own")
        }
        guard old ?? own <= own, new ?? own <= own else {
            throw .forbidden("You don't have permission to add ops level greater than your own")
        }
    }
}

extension JSONValue {
    fileprivate var names: [String]? {
        guard case .object(let object) = self else { return nil }
        return object.members.map(\.name)
    }

    fileprivate var wholeNumber: Int64? {
        guard case .integer(let number) = self else { return nil }
        return number
    }
}
