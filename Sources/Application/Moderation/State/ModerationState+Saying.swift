import Commands
import JSON
import MatrixCore
import Observability
import Protections

/// What is said in the management room, and the one place that makes messages of it.
extension ModerationState {
    enum Tone {
        case news
        /// What is about to be done: said before it is, and not behind all of it.
        case announcement
        /// Somebody should do something about it.
        case problem
    }

    /// Most notices that are kept until there is a management room; the log has them all.
    private static let maximumUntold = 50

    /// Says something in the management room; before there is one, it waits for that.
    mutating func tell(_ text: Phrase, _ tone: Tone = .news, details: [Phrase] = []) {
        let document = Document {
            tone == .problem ? "⚠️ \(text)" : text
            if !details.isEmpty { Block.list(details) }
        }
        let plain = document.text(.terminal(colours: false))
        switch tone {
        case .news, .announcement: log.info("told the management room", ["text": plain])
        case .problem: log.warning("told the management room", ["text": plain])
        }
        notice(document, lane: tone == .news ? .notices : .answers)
    }

    private mutating func notice(_ document: Document, lane: Lane) {
        if let room = bot.managementRoom {
            say(document, in: room, lane: lane, because: .upkeep("a notice"))
        } else if untold.count < Self.maximumUntold {
            untold.append((document, lane))
        }
    }

    /// Says what waited for a management room.
    mutating func tellUntold() {
        let waiting = untold
        untold = []
        for (document, lane) in waiting { notice(document, lane: lane) }
    }

    /// Sends a document in as many messages as it needs; the row of the first.
    @discardableResult
    mutating func say(
        _ document: Document,
        in room: RoomID,
        _ answer: Answer = .statement,
        lane: Lane,
        because cause: Cause
    ) -> Int64? {
        var first: Int64?
        // Further pages of an answer go into a thread under the command: its event is known, and a crash loses none.
        var root: EventID?
        if case .to(let command, _) = answer { root = command }
        for (number, page) in DocumentPages(document).pages.enumerated() {
            let content = page.messageContent(answer, page: number, firstPage: root)
            let row = enqueue(.sendEvent(.message, content: content, in: room), because: cause, lane: lane)
            first = first ?? row
        }
        return first
    }

    mutating func react(_ key: String, to event: EventID, in room: RoomID, because cause: Cause) {
        let content: JSONValue = [
            "m.relates_to": ["rel_type": "m.annotation", "event_id": .string(event.rawValue), "key": .string(key)]
        ]
        enqueue(.sendEvent(.reaction, content: content, in: room), because: cause, lane: .answers)
    }
}
