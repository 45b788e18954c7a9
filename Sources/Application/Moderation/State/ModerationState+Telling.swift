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
        let role = isList ? "the policy list" : "the protected room"
        let remedy: Phrase =
            isList
            ? "Its rules stay in force as they were last read. Invite me again, or unwatch it."
            : "It is not protected while I am away. Invite me again, or remove it with \(code: "rooms remove \(room)")."
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
            ? "Watch the successor and unwatch this one." : "Protect the successor with \(code: "rooms add")."
        tell("\(label(room)) was replaced by its moderators.\(next) \(remedy)", .problem)
    }

    /// Tells of power that is lost, and of power that is back; once each.
    mutating func notePower(in room: RoomID) {
        guard bot.protects(room), let authority = rooms[room]?.authority else { return }
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
            "There are more members in the protected rooms than I keep (\(rooms.userCount)). New ones are not looked at: remove "
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
