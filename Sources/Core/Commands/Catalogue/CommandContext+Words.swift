import CommandGrammar
import MatrixCore
import PolicyEngine
import RoomState

extension CommandContext {
    /// A room as people know it.
    func phrase(_ room: RoomID) -> Phrase {
        guard let title = rooms[room]?.title else { return "\(room)" }
        return "\(room, named: title.cut(to: 120)) (\(code: room.rawValue))"
    }

    func listName(_ room: RoomID) -> Phrase {
        guard let shortcode = policies[room]?.shortcode else { return phrase(room) }
        return "\(room, named: shortcode)"
    }

    /// The watched list that a reference names.
    func watchedList(_ reference: ListReference) -> RoomID? {
        switch reference {
        case .shortcode(let shortcode): policies.list(named: shortcode)?.room
        case .room(let room): bot.room(of: room).flatMap { bot.watches($0) ? $0 : nil }
        }
    }

    /// Watched lists in which the bot may write rules of that kind.
    func writableLists(_ kind: PolicyKind) -> [RoomID] {
        bot.listRooms.filter { canWrite(kind, in: $0) }
    }

    func canWrite(_ kind: PolicyKind, in list: RoomID) -> Bool {
        guard let authority = rooms[list]?.authority, authority.creation != nil, bot.joined.contains(list) else {
            return false
        }
        do throws(PowerProblem) {
            try authority.checkSending(state: kind.eventTypes[0], by: bot.user)
            return true
        } catch {
            return false
        }
    }
}

extension PolicyRule {
    /// Kind, recommendation, whom it names, and why.
    var summary: Phrase {
        let name = subject.entity ?? "a hash of an entity that the list does not tell"
        return "\(code: name) (\(kindName), \(code: recommendation.written)): \(reason ?? PolicyRule.missingReason)"
    }

    private var kindName: String {
        switch kind {
        case .user: "user"
        case .room: "room"
        case .server: "server"
        }
    }
}

extension CommandStep {
    static func fail(@DocumentBuilder _ document: () -> [Block]) -> CommandStep {
        .finish(CommandReport(.failure, Document(document)))
    }

    static func succeed(@DocumentBuilder _ document: () -> [Block]) -> CommandStep {
        .finish(CommandReport(.success, Document(document)))
    }

    static func preview(@DocumentBuilder _ document: () -> [Block]) -> CommandStep {
        .finish(CommandReport(.pending, Document(document)))
    }
}
