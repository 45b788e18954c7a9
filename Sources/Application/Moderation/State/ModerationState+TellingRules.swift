import Commands
import JSON
import MatrixCore
import PolicyEngine
import Protections
import RoomState

/// What the management room is told of rules that are not in force as they stand.
extension ModerationState {
    /// Most lines of one kind in one message: a list may hold thousands.
    private static let maximumLines = 10

    /// All rules of a batch that cannot be read, in one message.
    mutating func tellMalformed(_ changes: [PolicyChange]) {
        let malformed = changes.compactMap { change in
            if case .malformed(let policy) = change { policy } else { nil }
        }
        guard let first = malformed.first else { return }
        guard malformed.count > 1 else {
            return tell(
                "A rule that \(first.sender) wrote (\(code: first.event.rawValue)) is ignored because "
                    + "\(first.problem.explanation). Write it again.",
                .problem
            )
        }
        tell(
            "\(malformed.count) rules are ignored because they cannot be read. Write them again:",
            .problem,
            details: lines(malformed) { "\(code: $0.event.rawValue) by \($0.sender): \($0.problem.explanation)" }
        )
    }

    /// All rules of a batch that are held, in one message.
    mutating func tellHeld(_ held: [(rule: HeldRule, hits: RuleHits)]) {
        func line(_ held: HeldRule, _ hits: RuleHits) -> Phrase {
            let source = hits.rule.source
            let list = listName(source.list)
            return
                "\(code: hits.rule.subject.entity ?? "(hashed)") in \(list), by \(source.sender), because \(held.why)"
        }
        guard held.count > 1, let first = held.first else {
            guard let only = held.first else { return }
            return tell(
                "Held: the rule \(line(only.rule, only.hits)). It is not in force. To put it in force: "
                    + "\(code: "release \(only.rule.number)"). Otherwise remove it from the list. For example:",
                .problem,
                details: only.hits.samples.map { Phrase($0) }
            )
        }
        tell(
            "Held: \(held.count) rules, which are not in force. \(code: "held") lists them, and "
                + "\(code: "release \(first.rule.number)") puts the first of them in force. Otherwise remove them from their list.",
            .problem,
            details: lines(held) { "\($0.rule.number): \(line($0.rule, $0.hits))" }
        )
    }

    private func lines<Element>(_ elements: [Element], _ line: (Element) -> Phrase) -> [Phrase] {
        let shown = elements.prefix(Self.maximumLines).map(line)
        let more = elements.count - shown.count
        return more > 0 ? shown + ["and \(more) more"] : shown
    }

    mutating func tellLeftOut(_ rules: [CompiledServerACL.LeftOut]) {
        let news = rules.filter { ($0.why == .overflow || $0.why == .ownServer) && !toldLeftOut.contains($0.rule.id) }
        guard !news.isEmpty else { return }
        toldLeftOut.formUnion(news.map(\.rule.id))
        tell(
            "\(news.count == 1 ? "A server rule is" : "\(news.count) server rules are") left out of server ACLs:",
            .problem,
            details: lines(news) { left in
                let why = left.why == .ownServer ? "it would shut out my own server" : "the server ACL is full"
                return "\(code: left.rule.subject.entity ?? "(hashed)"): \(why)"
            }
        )
    }
}
