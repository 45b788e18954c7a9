package import MatrixCore

/// All watched lists, and which of their rules name whom.
///
/// A rule lives and goes with its list.
package struct PolicyIndex: Sendable {
    /// In the order in which they were first watched.
    package private(set) var lists: [PolicyList] = []
    /// Rules that are listed but not in force until a moderator says so.
    package private(set) var held: Set<PolicyRule.ID> = []

    private(set) var users = RuleIndex(of: .user)
    private(set) var rooms = RuleIndex(of: .room)
    private(set) var servers = RuleIndex(of: .server)

    package init() {}

    package var ruleCount: Int { users.count + rooms.count + servers.count }

    package subscript(_ room: RoomID) -> PolicyList? { lists.first { $0.room == room } }

    /// The first list of that shortcode, in the order of the lists.
    package func list(named shortcode: String) -> PolicyList? {
        lists.first { list in list.shortcode.map { equalByBytes($0, shortcode) } ?? false }
    }

    package subscript(rule id: PolicyRule.ID) -> PolicyRule? { users[id] ?? servers[id] ?? rooms[id] }

    /// Takes a list in, or another state of a list that is there; returns what that makes different.
    package mutating func watch(_ list: PolicyList) -> [PolicyChange] {
        let place = lists.firstIndex { $0.room == list.room }
        let changes = list.changes(since: place.map { lists[$0] } ?? PolicyList(room: list.room))
        if let place { lists[place] = list } else { lists.append(list) }
        reserve(changes)
        take(changes)
        return changes
    }

    /// Lets a list go, all of its rules and what was held of them.
    package mutating func unwatch(_ room: RoomID) -> [PolicyChange] {
        guard let place = lists.firstIndex(where: { $0.room == room }) else { return [] }
        let list = lists.remove(at: place)
        let changes = list.rules.map { PolicyChange.removed($0, by: nil) }
        take(changes)
        return changes
    }

    /// Takes in a state event of a watched list.
    package mutating func apply(_ event: RoomEvent, in room: RoomID) -> [PolicyChange] {
        guard let place = lists.firstIndex(where: { $0.room == room }) else { return [] }
        let changes = lists[place].apply(event)
        take(changes)
        return changes
    }

    /// Takes away what a redacted event of a watched list said.
    package mutating func redact(_ event: EventID, in room: RoomID, by redactor: UserID) -> [PolicyChange] {
        guard let place = lists.firstIndex(where: { $0.room == room }) else { return [] }
        let changes = lists[place].redact(event, by: redactor)
        take(changes)
        return changes
    }

    /// Takes a rule out of force; false where there is no such rule.
    @discardableResult
    package mutating func hold(_ rule: PolicyRule.ID) -> Bool {
        guard self[rule: rule] != nil else { return false }
        held.insert(rule)
        return true
    }

    /// Puts a held rule in force; false where it was not held.
    @discardableResult
    package mutating func release(_ rule: PolicyRule.ID) -> Bool { held.remove(rule) != nil }

    package func isHeld(_ rule: PolicyRule.ID) -> Bool { held.contains(rule) }

    private mutating func take(_ changes: [PolicyChange]) {
        for change in changes {
            switch change {
            case .added(let rule):
                insert(rule)
            case .modified(let old, let new):
                remove(old)
                insert(new)
                // Sent once more, it is what it was; edited, it is to be judged anew.
                if held.remove(old.id) != nil, new.meansSame(as: old) { held.insert(new.id) }
            case .removed(let rule, _):
                remove(rule)
                held.remove(rule.id)
            case .malformed, .shortcodeChanged:
                break
            }
        }
    }

    private mutating func reserve(_ changes: [PolicyChange]) {
        var counts: [PolicyKind: Int] = [:]
        for case .added(let rule) in changes { counts[rule.kind, default: 0] += 1 }
        users.reserve(counts[.user, default: 0])
        rooms.reserve(counts[.room, default: 0])
        servers.reserve(counts[.server, default: 0])
    }

    private mutating func insert(_ rule: PolicyRule) {
        switch rule.kind {
        case .user: users.insert(rule)
        case .room: rooms.insert(rule)
        case .server: servers.insert(rule)
        }
    }

    private mutating func remove(_ rule: PolicyRule) {
        switch rule.kind {
        case .user: users.remove(rule)
        case .room: rooms.remove(rule)
        case .server: servers.remove(rule)
        }
    }
}
