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
        let what: String
        switch name {
        case .id(let room): what = "\(bot.watches(room) ? "The policy list" : "The room") \(label(room)) cannot be had"
        case .alias(let alias): what = "The policy list \(alias.rawValue) cannot be had"
        }
        tell("\(what): \(text). I go on without it and try again later.", .problem)
    }

    mutating func tellParted(_ room: RoomID, _ event: RoomEvent?) {
        let isList = bot.watches(room)
        let role = isList ? "the policy list" : "the guarded room"
        let remedy =
            isList
            ? "Its rules stay in force as they were last read. Invite me again, or unwatch it."
            : "It is not guarded while I am away. Invite me again, or remove it with rooms remove \(room.rawValue)."
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
        let next = known.replacement.map { " Its successor is \($0)." } ?? ""
        let remedy =
            bot.watches(room) ? "Watch the successor and unwatch this one." : "Guard the successor with rooms add."
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
        guard phase == .enforcing else { return }
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

    mutating func tellMalformed(_ policy: MalformedPolicy) {
        tell(
            "A rule that \(policy.sender) wrote (\(policy.type.rawValue), \(policy.event.rawValue)) is ignored because "
                + "\(policy.problem.explanation). Write it again.",
            .problem
        )
    }

    mutating func tellHeld(_ rule: PolicyRule, number: Int, why: String, samples: [String]) {
        let list = listName(rule.source.list)
        tell(
            "Held: the rule \(code: rule.subject.entity ?? "(hashed)") in \(list), by \(rule.source.sender), because \(why). It is not in "
                + "force. To put it in force: \(code: "release \(number)"). Otherwise remove it from the list. For example:",
            .problem,
            details: samples.map { Phrase($0) }
        )
    }

    mutating func tellLeftOut(_ rules: [CompiledServerACL.LeftOut]) {
        let telling = rules.filter { $0.why == .overflow || $0.why == .ownServer }
        for rule in telling where toldLeftOut.insert(rule.rule.id).inserted {
            let why = rule.why == .ownServer ? "it would shut out my own server" : "the server ACL is full"
            tell(
                "The server rule \(code: rule.rule.subject.entity ?? "(hashed)") is left out of server ACLs: \(why).",
                .problem
            )
        }
    }

    // MARK: The start

    mutating func tellStarted() {
        // A dry run has noted what it would do in the decision in hand, and queued nothing.
        let due = (settings.isDryRun ? draft.rows : Array(queue.rows.values)).filter(\.isDesire)
        let bans = due.filter { if case .ban = $0.action { true } else { false } }
        let acls = due.filter { if case .setServerACL = $0.action { true } else { false } }
        let rules = policies.ruleCount
        var text = "I guard \(count(bot.guardedRooms.count, "room")) by \(count(rules, "rule")) of "
        text += "\(count(policies.lists.count, "policy list"))."
        if settings.isDryRun { text += " This is a dry run: nothing is banned and nothing is changed." }
        let will = settings.isDryRun ? "would" : "will"
        if !bans.isEmpty {
            let users = Set(bans.compactMap(\.action.target)).count
            let places = Set(bans.compactMap(\.action.room)).count
            text +=
                " \(count(users, "user")) who \(users == 1 ? "is" : "are") present \(will) be banned in \(count(places, "room"))."
        }
        if !acls.isEmpty { text += " Server ACLs of \(count(acls.count, "room")) \(will) be set." }
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

    // MARK: Words

    /// A room as people know it; its name is its members' word.
    func label(_ room: RoomID) -> String {
        guard let title = rooms[room]?.title else { return room.rawValue }
        return "\(title.prefix(60)) (\(room))"
    }

    func listName(_ room: RoomID) -> String {
        policies[room]?.shortcode.map { "the list \($0)" } ?? "the list \(room)"
    }

    func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}

extension RoomReference.Name {
    var text: String { RoomReference(self).text }
}
