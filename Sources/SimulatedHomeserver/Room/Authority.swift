import JSON
import MatrixCore

/// Who may do what, read as Synapse reads it; on purpose not with the bot's own code.
struct Authority {
    private var creators: Set<UserID> = []
    private var oldCreator: UserID?
    private var content: JSONValue?
    private var users: [UserID: Int64] = [:]
    private let acceptsText: Bool

    init() { acceptsText = false }

    init(create: TimelineEvent?, levels: JSONValue?, version: Int) {
        content = levels
        acceptsText = version < 10
        if version >= 12 {
            if let creator = create?.sender { creators.insert(creator) }
            if case .array(let more)? = create?.content["additional_creators"] {
                creators.formUnion(more.compactMap { $0.user })
            }
        } else {
            oldCreator = create?.sender
        }
        if case .object(let list)? = levels?["users"] {
            for member in list.members {
                guard let user = try? UserID(parsing: member.name), let level = number(member.value) else { continue }
                users[user] = level
            }
        }
    }

    func isCreator(_ user: UserID) -> Bool { creators.contains(user) }

    /// Creators have more than any number that can be written into a room.
    func level(of user: UserID) -> Int64 {
        if creators.contains(user) { return .max }
        guard content != nil else { return user == oldCreator ? 100 : 0 }
        return users[user] ?? named("users_default", 0)
    }

    /// The level that an action such as `ban` needs.
    func named(_ name: String, _ usual: Int64) -> Int64 { content?[name].flatMap { number($0) } ?? usual }

    func levelToSend(_ type: EventType, isState: Bool) -> Int64 {
        if let level = content?["events"]?[type.rawValue].flatMap({ number($0) }) { return level }
        return isState ? named("state_default", 50) : named("events_default", 0)
    }

    private func number(_ value: JSONValue) -> Int64? {
        switch value {
        case .integer(let number): number
        case .string(let text) where acceptsText: Int64(text)
        default: nil
        }
    }
}

extension JSONValue {
    var user: UserID? {
        guard case .string(let text) = self else { return nil }
        return try? UserID(parsing: text)
    }
}
