import JSON
package import MatrixCore

/// What setup and doctor look at of a room's state.
package struct RoomPicture: Sendable, Equatable {
    package let room: RoomID
    package var authority = RoomAuthority()
    package var joinRule: String?
    package var historyVisibility: String?
    package var guestAccess: String?
    package var isEncrypted = false
    /// Where the room was replaced: its successor, where one is named.
    package var isReplaced = false
    package var successor: RoomID?
    package var members: [UserID: Membership] = [:]
    /// In bytes, of the content as it would be sent.
    package var serverACLSize = 0
    package var serverACLSender: UserID?
    package var policies: [StateEvent] = []

    package init(_ room: RoomID, _ state: [StateEvent]) {
        self.room = room
        for event in state { read(event) }
    }

    private mutating func read(_ event: StateEvent) {
        let content = event.content
        func text(_ name: String) -> String? { if case .string(let text)? = content[name] { text } else { nil } }
        guard event.key.isEmpty else {
            if event.type == .member, let user = try? UserID(parsing: event.key) {
                members[user] = text("membership").flatMap { Membership($0.utf8Span.span) }
            } else if Self.isPolicy(event.type) {
                policies.append(event)
            }
            return
        }
        switch event.type {
        case .create:
            guard let sender = event.sender else { break }
            authority.creation = withView(content) { RoomCreation(sender: sender, content: $0) }
        case .powerLevels: authority.levels = withView(content) { PowerLevels($0) }
        case .joinRules: joinRule = text("join_rule")
        case .historyVisibility: historyVisibility = text("history_visibility")
        case EventType(rawValue: "m.room.guest_access"): guestAccess = text("guest_access")
        case .encryption: isEncrypted = true
        case .tombstone:
            isReplaced = true
            successor = text("replacement_room").flatMap { try? RoomID(parsing: $0) }
        case .serverACL:
            serverACLSize = content.encoded().count
            serverACLSender = event.sender
        default: break
        }
    }

    private static func isPolicy(_ type: EventType) -> Bool {
        let text = type.rawValue
        return text.hasPrefix("m.policy.rule.") || text.hasPrefix("org.matrix.mjolnir.rule.")
            || ["m.room.rule.user", "m.room.rule.room", "m.room.rule.server"].contains(text)
    }

    package var joined: [UserID] { members.filter { $0.value == .join }.map(\.key).sorted() }
}

/// Reads a value as what came over the wire.
private func withView<Value>(_ value: JSONValue, _ use: (JSONView) -> Value) -> Value? {
    let bytes = value.encoded()
    guard let view = try? JSONReader().read(bytes.span) else { return nil }
    return use(view)
}
