import JSON
package import MatrixCore

/// The rules of one policy room.
///
/// A rule can stand under three event types. For each state key the newest type whose content is sound and not blank
/// counts, in whatever order the events came.
package struct PolicyList: Sendable {
    package let room: RoomID
    package private(set) var shortcode: String?

    private var shortcodeEvent: EventID?
    private var standing: [Place: PolicyRule] = [:]
    private var broken: [Place: MalformedPolicy] = [:]
    /// Where the events of `standing` and `broken` are.
    private var places: [EventID: Place] = [:]

    /// An empty list.
    package init(room: RoomID) { self.room = room }

    /// The list that these state events make; of two with one type and key the later one counts.
    package init(room: RoomID, events: some Sequence<RoomEvent>) {
        self.init(room: room)
        standing.reserveCapacity(events.underestimatedCount)
        places.reserveCapacity(events.underestimatedCount)
        let reader = JSONReader()
        for event in events where event.stateKey != nil { _ = read(event, reader) }
    }

    /// The same, off the caller's actor: 100,000 rules take a while.
    @concurrent package static func reading(_ events: [RoomEvent], room: RoomID) async -> PolicyList {
        PolicyList(room: room, events: events)
    }

    /// Takes in a state event; all but policy events and the shortcode are passed over.
    package mutating func apply(_ event: RoomEvent) -> [PolicyChange] {
        guard let stateKey = event.stateKey else { return [] }
        let place = Place(event.type, stateKey)
        let oldRule = place.flatMap { rule(at: $0.key) }
        let oldShortcode = shortcode
        let problem = read(event, JSONReader())
        let newRule = place.flatMap { rule(at: $0.key) }
        return (problem.map { [.malformed($0)] } ?? []) + Self.change(from: oldRule, to: newRule, by: event.sender)
            + Self.change(from: oldShortcode, to: shortcode)
    }

    /// Takes away what a redacted event said.
    package mutating func redact(_ event: EventID, by redactor: UserID) -> [PolicyChange] {
        if event == shortcodeEvent {
            let old = shortcode
            (shortcode, shortcodeEvent) = (nil, nil)
            return Self.change(from: old, to: nil)
        }
        guard let place = places[event] else { return [] }
        let old = rule(at: place.key)
        clear(place)
        return Self.change(from: old, to: rule(at: place.key), by: redactor)
    }
}

// MARK: - Reading it

extension PolicyList {
    /// The rules that count, oldest first by their senders' clocks.
    package var rules: [PolicyRule] {
        var rules: [PolicyRule] = []
        forEachRule { rules.append($0) }
        return rules.sorted {
            ($0.source.timestamp, $0.source.event) < ($1.source.timestamp, $1.source.event)
        }
    }

    /// Current events that should hold a rule and do not.
    package var malformed: [MalformedPolicy] { broken.values.sorted { $0.event < $1.event } }

    package var count: Int {
        var count = 0
        forEachRule { _ in count += 1 }
        return count
    }

    /// Every rule under a state key, whether it counts or a newer type hides it: all that must be blanked to remove it.
    package func rules(of kind: PolicyKind, stateKey: String) -> [PolicyRule] {
        let key = Place.Key(kind: kind, stateKey: stateKey)
        return PolicyForm.ages.compactMap { standing[Place(key: key, age: $0)] }
    }

    /// Where an event that is current stands, whether its rule counts, is hidden by a newer type or cannot be read.
    package func stateKey(of event: EventID) -> StateKey? {
        if event == shortcodeEvent { return StateKey(.shortcode) }
        guard let place = places[event] else { return nil }
        return StateKey(PolicyForm(kind: place.key.kind, age: place.age).eventType, place.key.stateKey.text)
    }

    /// In no order.
    func forEachRule(_ body: (PolicyRule) -> Void) {
        for (place, rule) in standing where isUppermost(place) { body(rule) }
    }

    /// What makes this list of another state of the same room, in the order of the rules.
    func changes(since old: PolicyList) -> [PolicyChange] {
        var changes: [PolicyChange] = []
        changes.reserveCapacity(old.standing.isEmpty ? standing.count : 0)
        for problem in malformed where old.places[problem.event] == nil { changes.append(.malformed(problem)) }
        for rule in rules { changes += Self.change(from: old.rule(at: Place.Key(rule)), to: rule, by: nil) }
        for rule in old.rules where self.rule(at: Place.Key(rule)) == nil { changes.append(.removed(rule, by: nil)) }
        return changes + Self.change(from: old.shortcode, to: shortcode)
    }

    private func rule(at key: Place.Key) -> PolicyRule? {
        guard !standing.isEmpty else { return nil }
        for age in PolicyForm.ages {
            if let rule = standing[Place(key: key, age: age)] { return rule }
        }
        return nil
    }

    private func isUppermost(_ place: Place) -> Bool {
        !(0..<place.age).contains { standing[Place(key: place.key, age: $0)] != nil }
    }
}

// MARK: - Writing it

extension PolicyList {
    /// Files an event, and returns what is wrong with it where that is news.
    private mutating func read(_ event: RoomEvent, _ reader: JSONReader) -> MalformedPolicy? {
        guard let stateKey = event.stateKey else { return nil }
        if event.type == .shortcode, stateKey.isEmpty {
            shortcode = (try? reader.read(event.content.span))?["shortcode"]?.string
            shortcodeEvent = event.id
            return nil
        }
        guard let place = Place(event.type, stateKey) else { return nil }
        // An event has one place: a second one is a homeserver's nonsense.
        if let known = places[event.id], known != place { return nil }
        let isKnownAsBroken = broken[place]?.event == event.id
        clear(place)
        do throws(MalformedPolicy) {
            guard let rule = try PolicyRule(event, in: room, reader: reader) else { return nil }
            standing[place] = rule
            places[event.id] = place
            return nil
        } catch {
            broken[place] = error
            places[event.id] = place
            return isKnownAsBroken ? nil : error
        }
    }

    private mutating func clear(_ place: Place) {
        if let rule = standing.removeValue(forKey: place) { places[rule.source.event] = nil }
        if let problem = broken.removeValue(forKey: place) { places[problem.event] = nil }
    }

    private static func change(from old: PolicyRule?, to new: PolicyRule?, by sender: UserID?) -> [PolicyChange] {
        switch (old, new) {
        case (nil, nil): []
        case (nil, let new?): [.added(new)]
        case (let old?, nil): [.removed(old, by: sender)]
        case (let old?, let new?): old == new ? [] : [.modified(from: old, to: new)]
        }
    }

    private static func change(from old: String?, to new: String?) -> [PolicyChange] {
        old.map(ByteText.init) == new.map(ByteText.init) ? [] : [.shortcodeChanged(from: old, to: new)]
    }
}

/// Where a policy event stands in its list: a state key of a kind, and which of the three types.
private struct Place: Hashable, Sendable {
    struct Key: Hashable, Sendable {
        let kind: PolicyKind
        let stateKey: ByteText

        init(kind: PolicyKind, stateKey: String) {
            self.kind = kind
            self.stateKey = ByteText(stateKey)
        }

        init(_ rule: PolicyRule) { self.init(kind: rule.kind, stateKey: rule.source.stateKey) }
    }

    let key: Key
    let age: Int

    init(key: Key, age: Int) {
        self.key = key
        self.age = age
    }

    init?(_ type: EventType, _ stateKey: String) {
        guard let form = PolicyForm(type) else { return nil }
        self.init(key: Key(kind: form.kind, stateKey: stateKey), age: form.age)
    }
}
