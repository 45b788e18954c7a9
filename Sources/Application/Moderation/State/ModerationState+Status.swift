import Commands
import MatrixCore
import Protections
import RoomState

/// What `status` shows.
extension ModerationState {
    var statusFacts: StatusFacts {
        var facts = StatusFacts()
        facts.version = programVersion
        facts.isDryRun = settings.isDryRun
        facts.isPaused = queue.isPaused
        facts.sinceLastSync = lastSync.map { now.monotonic - $0.monotonic }
        let depth = queue.depth
        facts.waiting = Lane.allCases.compactMap { lane in
            guard let count = depth[lane], count > 0 else { return nil }
            return (lane.words, count)
        }
        facts.parked = queue.parkedRooms.sorted { $0.key < $1.key }.map { room, rows in
            let reason = rows.sorted().lazy.compactMap { queue.rows[$0]?.result }.first ?? "refused"
            return (room, reason, rows.count)
        }
        facts.troubles = troubles.map { ($0.key.text, $0.value.text) }.sorted { $0.0 < $1.0 }
        facts.troubles += failedChecks.map { ($0.code, $0.text) }
        facts.troubles += [tokenWarning].compactMap { $0.map { ("access token", $0) } }
        facts.powerless = powerless.sorted()
        facts.listChanges = listChanges.mapValues { now.monotonic - $0 }
        facts.concurrency = governor.limit
        facts.pace = governor.interval > .zero ? governor.interval : nil
        facts.malformedEvents = malformedEventCount
        facts.notBuilt = settings.notYetBuilt.map { ($0.keyPath, $0.consequence) }
        return facts
    }
}

extension ModerationState {
    /// Without an answer of sync for so long, the bot is blind.
    private static let blindness: Duration = .seconds(120)

    /// What keeps the bot from doing all that moderators count on, in a sentence; nil where nothing does.
    func weakness(at now: Duration) -> String? {
        if let lastSync, now - lastSync.monotonic > Self.blindness {
            return "The homeserver has not answered for minutes."
        }
        if let room = bot.managementRoom, !bot.joined.contains(room) {
            return "I am not in the management room any more."
        }
        return nil
    }
}

extension Lane {
    /// What waits in it.
    fileprivate var words: String {
        switch self {
        case .urgentBans, .bans: "bans"
        case .serverACLs: "server ACLs"
        case .redactions: "redactions"
        case .housekeeping: "errands"
        case .notices: "notices"
        case .answers: "answers"
        }
    }
}

/// The version of the program, as `--version` and `status` say it.
package let programVersion = "0.1.0"
