import Commands
import JSON
import MatrixCore
import Protections

/// Progress of a wave: one message, edited while it goes on, and a summary at its end.
extension ModerationState {
    /// A wave that ends sooner is told once, at its end.
    private static let patience: Duration = .seconds(3)
    private static let editEvery: Duration = .seconds(5)

    mutating func reportWave() {
        guard let start = wave.startedAt else { return }
        let elapsed = now.monotonic - start.monotonic
        if wave.isOver {
            let document = Document {
                Phrase(summary(after: elapsed))
                if wave.problemCount > 0 { Block.list(waveProblems) }
            }
            if wave.done > 0 || hasNewProblems { sayOfWave(document) }
            wave = Wave()
        } else if elapsed > Self.patience, wave.lastTold.map({ now.monotonic - $0 > Self.editEvery }) ?? true {
            if wave.messageRow != nil, wave.message == nil { return }
            sayOfWave(Document { Phrase(progress(after: elapsed)) })
            wave.lastTold = now.monotonic
        }
    }

    /// Whether something went wrong in a room of which nothing was told for an hour, nor this for a day: everyone who comes
    /// into a room without power makes a problem, and what is parked is tried again every hour.
    private var hasNewProblems: Bool {
        mutating get {
            let news = wave.problems.filter { room, problem in
                guard let told = toldProblems[room] else { return true }
                let silence: Duration = equalByBytes(told.problem, problem) ? .seconds(86_400) : .seconds(3_600)
                return now.monotonic - told.at > silence
            }
            for (room, problem) in news { toldProblems[room] = (problem, now.monotonic) }
            return !news.isEmpty
        }
    }

    /// The event of the progress message, once it is known.
    mutating func noteWaveMessage(_ row: Int64, _ event: EventID) {
        if wave.messageRow == row { wave.message = event }
    }

    private mutating func sayOfWave(_ document: Document) {
        guard let room = bot.managementRoom else { return }
        let cause = Cause.upkeep("progress")
        if let message = wave.message {
            let content = document.editContent(of: message)
            enqueue(.sendEvent(.message, content: content, in: room), because: cause, lane: .answers)
        } else {
            wave.messageRow = say(document, in: room, lane: .answers, because: cause)
        }
    }

    private func progress(after elapsed: Duration) -> String {
        let seconds = elapsed / .seconds(1)
        let rate = Double(wave.done) / max(seconds, 0.1)
        var text = "Under way: \(wave.done) of \(wave.total) done, \(wave.left) left"
        if queue.isPaused { return text + ", paused. Go on with resume." }
        if rate > 0 {
            text += ", \(oneDecimal(rate)) a second, some \(brief(.seconds(Double(wave.left) / rate))) to go"
        }
        return text + "."
    }

    private func summary(after elapsed: Duration) -> String {
        var parts: [String] = []
        if !wave.users.isEmpty {
            let named = wave.users.sorted().prefix(3).map(\.rawValue).joined(separator: ", ")
            let more = wave.users.count > 3 ? " and \(wave.users.count - 3) more" : ""
            parts.append("banned \(named)\(more) in \(counted(wave.rooms.count, "room"))")
        }
        if !wave.acls.isEmpty { parts.append("set the server ACL of \(counted(wave.acls.count, "room"))") }
        var text =
            parts.isEmpty
            ? "Nothing could be done" : "I " + parts.joined(separator: " and ") + " in \(brief(elapsed))"
        if wave.problemCount > 0 {
            text +=
                "; \(counted(wave.problemCount, "action")) could not be done. I try again when something changes there, and every hour:"
            return text
        }
        return text + "."
    }

    private var waveProblems: [Phrase] {
        wave.problems.sorted { $0.key < $1.key }.map { "\(label($0.key)): \($0.value)" }
    }
}
