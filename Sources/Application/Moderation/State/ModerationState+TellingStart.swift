import Commands
import JSON
import MatrixCore
import PolicyEngine
import Protections
import RoomState

/// What the management room is told of the start, and of what a dry run would do.
extension ModerationState {
    mutating func tellStarted() {
        let rules = policies.ruleCount
        var text = "I protect \(counted(bot.protectedRooms.count, "room")) by \(counted(rules, "rule")) of "
        text += "\(counted(policies.lists.count, "policy list"))."
        if settings.isDryRun { text += " This is a dry run: nothing is banned and nothing is changed." }
        text += sanctions.map { " \($0)" }.joined()
        var details: [Phrase] = troubles.map { (name: $0.key.text, text: $0.value.text) }.sorted { $0.name < $1.name }
            .map { "\(code: $0.name): \($0.text)" }
        details += powerless.sorted().map { "no power to ban in \(label($0))" }
        details += settings.notYetBuilt.map { "\(code: $0.keyPath): \($0.consequence)" }
        let missing = bot.enabledProtections.notAvailable
        if !missing.isEmpty {
            details.append("protections that are enabled and not available: \(missing.joined(separator: ", "))")
        }
        tell(Phrase(text), .announcement, details: details)
    }

    /// Says what a dry run would have done in the decision in hand, after its start.
    mutating func tellSimulated() {
        guard settings.isDryRun, !sanctions.isEmpty else { return }
        tell(Phrase((["Dry run."] + sanctions).joined(separator: " ")))
    }

    /// What is to be done, or would be: a dry run notes it in the decision in hand and queues nothing.
    private var sanctions: [String] {
        let due = (settings.isDryRun ? draft.rows : Array(queue.rows.values)).filter(\.isDesire)
        let bans = due.filter { if case .ban = $0.action { true } else { false } }
        let acls = due.filter { if case .setServerACL = $0.action { true } else { false } }
        let will = settings.isDryRun ? "would" : "will"
        var texts: [String] = []
        if !bans.isEmpty {
            let users = Set(bans.compactMap(\.action.target)).count
            let places = counted(Set(bans.compactMap(\.action.room)).count, "room")
            let present = users == 1 ? "is" : "are"
            texts.append("\(counted(users, "user")) who \(present) present \(will) be banned in \(places).")
        }
        if !acls.isEmpty { texts.append("Server ACLs of \(counted(acls.count, "room")) \(will) be set.") }
        return texts
    }
}
