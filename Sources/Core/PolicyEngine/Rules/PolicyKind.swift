package import MatrixCore

/// What a rule is about.
package enum PolicyKind: UInt8, Hashable, Sendable, Codable, CaseIterable {
    case user, room, server

    /// The state event types that hold rules of this kind, newest first; new rules are written with the first.
    package var eventTypes: [EventType] {
        switch self {
        case .user: Self.userTypes
        case .room: Self.roomTypes
        case .server: Self.serverTypes
        }
    }

    package init?(eventType: EventType) {
        guard let form = PolicyForm(eventType) else { return nil }
        self = form.kind
    }

    /// What an entity that a person typed looks like; globs have the sigils of what they match.
    package init(of entity: String) {
        switch entity.utf8.first {
        case UInt8(ascii: "@"): self = .user
        case UInt8(ascii: "!"), UInt8(ascii: "#"): self = .room
        default: self = .server
        }
    }

    /// Server names are compared without regard to ASCII case, users and rooms byte for byte.
    package var foldsASCIICase: Bool { self == .server }

    private static let userTypes = types(ending: "user")
    private static let roomTypes = types(ending: "room")
    private static let serverTypes = types(ending: "server")

    private static func types(ending kind: String) -> [EventType] {
        ["m.policy.rule.", "m.room.rule.", "org.matrix.mjolnir.rule."].map { EventType(rawValue: $0 + kind) }
    }
}

/// One of the nine event types: a kind, and how old its spelling is, 0 the newest.
struct PolicyForm: Hashable, Sendable {
    let kind: PolicyKind
    let age: Int

    static let ages = 0..<3

    init(kind: PolicyKind, age: Int) {
        self.kind = kind
        self.age = age
    }

    init?(_ type: EventType) {
        guard let form = Self.forms[type] else { return nil }
        self = form
    }

    var eventType: EventType { kind.eventTypes[age] }

    private static let forms = Dictionary(
        uniqueKeysWithValues: PolicyKind.allCases.flatMap { kind in
            ages.map { (kind.eventTypes[$0], PolicyForm(kind: kind, age: $0)) }
        }
    )
}
