import BotHarness
import JSON
import MatrixCore
import SimulatedHomeserver

/// The rules of a list, read the slow and plain way.
struct Rules {
    struct Rule {
        let type: EventType
        let key: String
        let event: EventID
        let entity: String
        let reason: String

        var isAboutUsers: Bool { type.rawValue.utf8.suffix(4).elementsEqual("user".utf8) }

        func names(_ user: UserID) -> Bool {
            isAboutUsers && matches(Array(entity.unicodeScalars)[...], Array(user.rawValue.unicodeScalars)[...])
        }
    }

    /// Every rule that stands, hidden or not.
    private(set) var standing: [Rule] = []
    /// Every rule that ever stood, by its event.
    private(set) var ever: [EventID: Rule] = [:]

    /// Rules that are listed and not in force.
    var held: Set<EventID> = []

    init(of list: RoomID, _ homeserver: SimulatedHomeserver) async {
        var current: [StateKey: Rule] = [:]
        for event in await homeserver.events(in: list) {
            guard let key = event.stateKey, event.type.rawValue.contains(".rule.") else { continue }
            let place = StateKey(event.type, key)
            current[place] = nil
            let isRedacted = await homeserver.isRedacted(event.id, in: list)
            guard let content = try? JSONValue(parsing: event.content.span) else { continue }
            guard let entity = content["entity"]?.text else { continue }
            let rule = Rule(
                type: event.type,
                key: key,
                event: event.id,
                entity: entity,
                reason: content["reason"]?.text ?? ""
            )
            ever[event.id] = rule
            if !isRedacted { current[place] = rule }
        }
        standing = current.values.sorted { ($0.key, $0.type.rawValue) < ($1.key, $1.type.rawValue) }
    }

    /// Those that count: of one kind and key the newest type.
    var inForce: [Rule] {
        let ages = ["m.policy.rule.", "m.room.rule.", "org.matrix.mjolnir.rule."]
        func age(_ rule: Rule) -> Int { ages.firstIndex { rule.type.rawValue.hasPrefix($0) } ?? 9 }
        return standing.filter { rule in
            !standing.contains { other in
                other.key == rule.key && other.isAboutUsers == rule.isAboutUsers && age(other) < age(rule)
            }
        }
    }

    func ban(_ user: UserID) -> Bool { inForce.contains { $0.names(user) && !held.contains($0.event) } }

    var deniedServers: Set<String> {
        Set(inForce.filter { !$0.isAboutUsers && !held.contains($0.event) }.map(\.entity))
    }
}

private func matches(_ pattern: ArraySlice<Unicode.Scalar>, _ text: ArraySlice<Unicode.Scalar>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "*" {
        return matches(pattern.dropFirst(), text) || (!text.isEmpty && matches(pattern, text.dropFirst()))
    }
    guard let next = text.first else { return false }
    return (first == "?" || first == next) && matches(pattern.dropFirst(), text.dropFirst())
}
