import MatrixCore
import Protections

/// What makes two rows the same wish: a newer one takes the older one's place.
struct QueueKey: Hashable {
    private let verb: String
    private let room: RoomID?
    private let subject: String

    /// Nil for what is never merged: messages, questions, and what a command waits for under its own row.
    init?(_ action: Action) {
        verb = action.verb
        room = action.room
        switch action {
        case .ban(let user, _, _), .unban(let user, _), .kick(let user, _, _), .invite(let user, _):
            subject = user.rawValue
        case .redact(let event, _, _): subject = event.rawValue
        case .setServerACL, .loadState: subject = ""
        case .join(let reference): subject = reference.text
        case .fillGap(let gap): subject = gap.from
        case .resolve(let alias): subject = alias.rawValue
        case .sendState, .sendEvent, .leave, .createRoom, .changeAccountData, .setAccountData, .askRoomVersion:
            return nil
        }
    }

    /// A question that a run asks is its own: nobody else's answer will do.
    init?(_ row: JournalRow) {
        if row.run != nil, row.action.target == nil { return nil }
        self.init(row.action)
    }

    private init(verb: String, room: RoomID, user: UserID) {
        self.verb = verb
        self.room = room
        subject = user.rawValue
    }

    /// The wishes that an action makes void: an unban takes back bans, a ban takes back what would bring the user in.
    static func cancelled(by action: Action) -> [QueueKey] {
        switch action {
        case .unban(let user, let room): [QueueKey(verb: "ban", room: room, user: user)]
        case .ban(let user, let room, _):
            ["unban", "invite", "kick"].map { QueueKey(verb: $0, room: room, user: user) }
        default: []
        }
    }

    static func == (left: QueueKey, right: QueueKey) -> Bool {
        left.verb == right.verb && left.room == right.room && equalByBytes(left.subject, right.subject)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(verb)
        hasher.combine(room)
        hasher.combine(subject)
    }
}
