/// Where a state event stands in its room: one type and one key hold one event.
package struct StateKey: Hashable, Sendable {
    package let type: EventType
    package let key: String

    package init(_ type: EventType, _ key: String = "") {
        self.type = type
        self.key = key
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.type == right.type && equalByBytes(left.key, right.key)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(type)
        hasher.combine(key)
    }
}
