import JSON
package import MatrixCore

/// What is known of one room beside its members.
package struct Room: Sendable {
    package let id: RoomID
    /// Protected: its members count as present, and bans and ACLs apply to it.
    package internal(set) var isProtected = false
    /// Whether its members were loaded whole, so that an absent record means an absent user.
    package internal(set) var hasMembers = false
    package internal(set) var authority = RoomAuthority()
    /// State events kept whole, by type and key.
    package internal(set) var state: [StateKey: RoomEvent] = [:]
    /// How many users are in it.
    package internal(set) var joinedCount = 0

    /// Types of state that are kept of every tracked room; policy rules are kept by the policy engine.
    package static let keptTypes: Set<EventType> = [
        .create, .powerLevels, .joinRules, .serverACL, .tombstone, .encryption, .name, .canonicalAlias,
        .historyVisibility,
    ]

    init(id: RoomID) { self.id = id }

    /// The room's name, or its alias, where it has one; whoever may set them is not to be trusted.
    package var title: String? {
        text(.name, "name") ?? text(.canonicalAlias, "alias")
    }

    package var joinRule: String? { text(.joinRules, "join_rule") }
    package var isEncrypted: Bool { state[StateKey(.encryption)] != nil }
    package var historyVisibility: String? { text(.historyVisibility, "history_visibility") }

    /// The room that took this one's place.
    package var replacement: RoomID? {
        text(.tombstone, "replacement_room").flatMap { try? RoomID(parsing: $0) }
    }

    package var isTombstoned: Bool { state[StateKey(.tombstone)] != nil }

    package var serverACL: ServerACLContent? {
        read(.serverACL) { ServerACLContent($0) }
    }

    private func text(_ type: EventType, _ member: StaticString) -> String? {
        read(type) { view in view[member]?.string }.flatMap { $0 }
    }

    private func read<Value>(_ type: EventType, _ body: (JSONView) -> Value) -> Value? {
        guard let event = state[StateKey(type)] else { return nil }
        return try? body(JSONReader().read(event.content.span))
    }

    /// Whether this very event is kept already, as a homeserver repeats it; one that was redacted meanwhile is not the same.
    package func holds(_ event: RoomEvent) -> Bool {
        guard let kept = state[StateKey(event.type, event.stateKey ?? "")] else { return false }
        return kept.id == event.id && kept.content == event.content
    }

    mutating func keep(_ event: RoomEvent) {
        state[StateKey(event.type, event.stateKey ?? "")] = event
        guard event.stateKey == "", let content = try? JSONReader().read(event.content.span) else { return }
        switch event.type {
        case .create: authority.creation = RoomCreation(sender: event.sender, content: content)
        case .powerLevels: authority.levels = PowerLevels(content)
        default: break
        }
    }
}
