import Commands
import JSON
import MatrixCore
import PolicyEngine
import Protections
import RoomState

/// What the management room is told without having asked.
extension ModerationState {
    // MARK: Rooms

    mutating func tellTrouble(_ name: RoomReference.Name, _ text: String) {
        let what: Phrase
        switch name {
        case .id(let room): what = "\(bot.watches(room) ? "The policy list" : "The room") \(label(room))"
        case .alias(let alias): what = "The policy list \(alias)"
        }
        tell("\(what) cannot be had: \(text). I go on without it and try again later.", .problem)
    }

    mutating func tellParted(_ room: RoomID, _ event: RoomEvent?) {
        let isList = bot.watches(room)
        let role = isList ? "the policy list" : "the guarded room"
        let remedy: Phrase =
            isList
            ? "Its rules stay in force as they were last read. Invite me again, or unwatch it."
            : "It is not guarded while I am away. Invite me again, or remove it with \(code: "rooms remove \(room)")."
        guard let event, event.sender != bot.user else {
            return tell("I have left \(role) \(label(room)). \(remedy)", .problem)
        }
        let content = try? JSONReader().read(event.content.span)
        let verb = content?["membership"]?.string == Membership.ban.name ? "banned" : "removed"
        let reason = content?["reason"]?.string.map { " (\($0))" } ?? ""
        tell("\(event.sender) \(verb) me from \(role) \(label(room))\(reason). \(remedy)", .problem)
    }

    mutating func tellTombstone(_ room: RoomID) {
        guard phase == .enforcing, let known = rooms[room], known.isTombstoned else { return }
        let next: Phrase = known.replacement.map { " Its successor is \($0)." } ?? ""
        let remedy: Phrase =
            bot.watches(room)
            ? "Watch the successor and unwatch this one." : "Guard the successor with \(code: "rooms add")."
        tell("\(label(room)) was replaced by its moderators.\(next) \(remedy)", .problem)
    }

    /// Tells of power that is lost, and of power that is back; once each.
    mutating func notePower(in room: RoomID) {
        guard bot.guards(room), let authority = rooms[room]?.authority else { return }
        do throws(PowerProblem) {
            try authority.check(level: authority.effectiveLevels.ban, by: bot.user)
            if powerless.remove(room) != nil, phase == .enforcing { tell("I may ban in \(label(room)) again.") }
        } catch {
            guard powerless.insert(room).inserted, phase == .enforcing else { return }
            tell("I cannot ban in \(label(room)): \(error.words).", .problem)
        }
    }

    /// A flood of made-up members must not take all memory; what it costs is said.
    mutating func tellOfRefusedUsers() {
        guard rooms.refusedUsers > 0, !hasToldOfRefusedUsers else { return }
        hasToldOfRefusedUsers = true
        tell(
            "There are more members in the guarded rooms than I keep (\(rooms.userCount)). New ones are not looked at: remove "
                + "rooms, or run a second bot for some of them.",
            .problem
        )
    }

    mutating func tellEncrypted() {
        // Pantalaimon decrypts on the way.
        guard phase == .enforcing, !settings.pantalaimon.isUsed else { return }
        tell(
            "This room is encrypted, and I cannot read encrypted messages: commands will not reach me. Use a management room "
                + "without encryption.",
            .problem
        )
    }

    mutating func tellPublic() {
        tell(
            "Anyone may join this room, and whoever joins commands me. Make it invite-only. Until then nobody is spared for "
                + "being here.",
            .problem
        )
    }

    // MARK: Account data and lists

    mutating func tellUnreadable(_ type: EventType) {
        tell(
            "My account data \(type.rawValue) cannot be read; what I read last stays in force. A command that writes it will put it "
                + "right.",
            .problem
        )
    }

    mutating func tellUnreadable(entries: [String], of type: EventType) {
        guard !entries.isEmpty else { return }
        tell(
            "Entries of my account data \(type.rawValue) name no room and are passed over:",
            .problem,
            details: entries.map { Phrase($0) }
        )
    }

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

    // MARK: The start

    mutating func tellStarted() {
        let rules = policies.ruleCount
        var text = "I guard \(counted(bot.guardedRooms.count, "room")) by \(counted(rules, "rule")) of "
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

    // MARK: Words

    /// A room as people know it; its name is its members' word.
    func label(_ room: RoomID) -> Phrase { "\(room, named: rooms[room]?.title?.cut(to: 120))" }

    func listName(_ room: RoomID) -> Phrase {
        policies[room]?.shortcode.map { "the list \($0)" } ?? "the list \(room)"
    }
}

extension RoomReference.Name {
    var text: String { RoomReference(self).text }
}
