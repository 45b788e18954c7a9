import MatrixCore
import Patterns

/// The rules of one kind, found by what they name.
///
/// Rules for one entity share one pattern and hang on it in a chain.
struct RuleIndex: Sendable {
    private struct Slot: Sendable {
        var rule: PolicyRule?
        var next = none
        var previous = none
    }

    private static let none: Int32 = -1

    private let folds: Bool
    private var slots: [Slot] = []
    private var free: [Int32] = []
    private var places: [PolicyRule.ID: Int32] = [:]
    private var patterns: GlobIndex
    private var numbers: [ByteText: Int] = [:]
    /// The first rule of every pattern, by the pattern's number.
    private var heads: [Int32] = []
    private var digests: [EntityDigest: Int32] = [:]

    init(of kind: PolicyKind) {
        folds = kind.foldsASCIICase
        patterns = Self.noPatterns(folds: kind.foldsASCIICase)
    }

    var count: Int { places.count }
    var hasHashedRules: Bool { !digests.isEmpty }

    subscript(_ id: PolicyRule.ID) -> PolicyRule? { places[id].flatMap { slots[Int($0)].rule } }

    /// In no order.
    func forEachRule(_ body: (PolicyRule) -> Void) {
        for slot in slots { if let rule = slot.rule { body(rule) } }
    }

    /// Makes room, so that a large list does not make the tables grow step by step.
    mutating func reserve(_ additional: Int) {
        places.reserveCapacity(places.count + additional)
        numbers.reserveCapacity(numbers.count + additional)
    }

    /// Files a rule that is not there; an event holds one rule at most.
    mutating func insert(_ rule: PolicyRule) {
        switch rule.subject {
        case .literal(let entity), .glob(let entity):
            guard let number = number(of: entity) else { return }
            heads[number] = link(rule, before: heads[number])
        case .hash(let digest):
            digests[digest] = link(rule, before: digests[digest, default: Self.none])
        }
    }

    mutating func remove(_ rule: PolicyRule) {
        guard let place = places.removeValue(forKey: rule.id), let rule = slots[Int(place)].rule else { return }
        let next = unlink(place)
        guard let next else { return }
        // It was the first of its chain.
        switch rule.subject {
        case .literal(let entity), .glob(let entity):
            let pattern = ByteText(canonicalPattern(entity, foldsASCIICase: folds))
            guard let number = numbers[pattern] else { return }
            heads[number] = next
            guard next == Self.none else { return }
            numbers[pattern] = nil
            patterns.remove(number)
        case .hash(let digest):
            digests[digest] = next == Self.none ? nil : next
        }
    }

    /// Calls `visit` with every rule that names the text, in no order, and asks for its digest where rules are hashed.
    ///
    /// True where `visit` asked to stop.
    func visitMatches(
        of text: Span<UInt8>,
        digest: () -> EntityDigest?,
        _ visit: (PolicyRule) -> Visit
    ) -> Bool {
        var isStopped = false
        patterns.visitMatches(of: text) { number in
            isStopped = visitChain(heads[number], visit)
            return isStopped ? .stop : .next
        }
        guard !isStopped, hasHashedRules, let digest = digest(), let head = digests[digest] else { return isStopped }
        return visitChain(head, visit)
    }

    private func visitChain(_ head: Int32, _ visit: (PolicyRule) -> Visit) -> Bool {
        var place = head
        while place != Self.none {
            if let rule = slots[Int(place)].rule, visit(rule) == .stop { return true }
            place = slots[Int(place)].next
        }
        return false
    }
}

// MARK: - Chains

extension RuleIndex {
    /// The number of an entity's pattern, filed if it is new.
    private mutating func number(of entity: String) -> Int? {
        let pattern = canonicalPattern(entity, foldsASCIICase: folds)
        if let number = numbers[ByteText(pattern)] { return number }
        // Refused are only patterns without a fixed byte beyond the limit, and in canonical form there are 511 of them.
        guard let number = try? patterns.insert(pattern) else { return nil }
        numbers[ByteText(pattern)] = number
        while heads.count <= number { heads.append(Self.none) }
        heads[number] = Self.none
        return number
    }

    private mutating func link(_ rule: PolicyRule, before head: Int32) -> Int32 {
        let place: Int32
        if let freed = free.popLast() {
            place = freed
            slots[Int(place)] = Slot(rule: rule, next: head)
        } else {
            place = Int32(slots.count)
            slots.append(Slot(rule: rule, next: head))
        }
        if head != Self.none { slots[Int(head)].previous = place }
        places[rule.id] = place
        return place
    }

    /// Frees the slot; returns what follows it where it was the first of its chain.
    private mutating func unlink(_ place: Int32) -> Int32? {
        let (next, previous) = (slots[Int(place)].next, slots[Int(place)].previous)
        if next != Self.none { slots[Int(next)].previous = previous }
        if previous != Self.none { slots[Int(previous)].next = next }
        slots[Int(place)] = Slot()
        free.append(place)
        return previous == Self.none ? next : nil
    }

    private static func noPatterns(folds: Bool) -> GlobIndex {
        do { return try GlobIndex([], foldsASCIICase: folds) } catch {
            preconditionFailure("An empty index has no pattern too many")
        }
    }
}
