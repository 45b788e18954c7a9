import Commands
package import Observability
import PolicyEngine
import RoomState

/// What the bot counts for those who watch over it.
package struct BotMetrics: Sendable {
    let requests: Counter<RequestEnding>
    let requestTime: Histogram<Unlabelled>
    let syncs: Counter<SyncEnding>
    let waiting: Gauge<LaneLabel>
    let parked: Gauge<Unlabelled>
    let heldRules: Gauge<Unlabelled>
    let protectedRooms: Gauge<Unlabelled>
    let rules: Gauge<Unlabelled>
    let presentUsers: Gauge<Unlabelled>
    let malformedEvents: Gauge<Unlabelled>
    let enforcing: Gauge<Unlabelled>
    let tokenRenewals: Counter<TokenRenewalEnding>
    /// In seconds since 1970.
    let tokenEnd: Gauge<Unlabelled>

    package init(_ registry: MetricsRegistry) {
        requests = registry.counter(
            "draupnir_requests_total",
            "Requests that change something or answer somebody, by how they ended.",
            by: RequestEnding.self
        )
        requestTime = registry.histogram("draupnir_request_seconds", "How long those requests took.")
        syncs = registry.counter("draupnir_syncs_total", "Answers of sync, by how they ended.", by: SyncEnding.self)
        waiting = registry.gauge("draupnir_queue_waiting", "Actions that wait to be sent.", by: LaneLabel.self)
        parked = registry.gauge("draupnir_queue_parked", "Actions that were refused and wait for that to change.")
        heldRules = registry.gauge("draupnir_held_rules", "Rules that wait for a moderator's word.")
        protectedRooms = registry.gauge("draupnir_protected_rooms", "Rooms that are protected.")
        rules = registry.gauge("draupnir_rules", "Rules of all watched lists.")
        presentUsers = registry.gauge("draupnir_present_users", "Users that are present in protected rooms.")
        malformedEvents = registry.gauge("draupnir_malformed_events", "Events that could not be read, in this run.")
        enforcing = registry.gauge("draupnir_enforcing", "1 while bans and server ACLs are enforced.")
        tokenRenewals = registry.counter(
            "draupnir_token_renewals_total",
            "Attempts to renew the access token ahead of its end, by how they ended.",
            by: TokenRenewalEnding.self
        )
        tokenEnd = registry.gauge(
            "draupnir_token_end_timestamp_seconds",
            "When the access token ends; 0 of one that does not end by itself."
        )
    }

    func show(_ state: ModerationState) {
        let depth = state.queue.depth
        for lane in LaneLabel.allCases { waiting.set(Double(depth[lane.lane] ?? 0), for: lane) }
        parked.set(Double(state.queue.parkedRooms.values.reduce(0) { $0 + $1.count }))
        heldRules.set(Double(state.heldRules.count))
        protectedRooms.set(Double(state.bot.protectedRooms.count))
        rules.set(Double(state.policies.ruleCount))
        presentUsers.set(Double(state.rooms.presentUserCount))
        malformedEvents.set(Double(state.malformedEventCount))
        enforcing.set(state.phase == .enforcing ? 1 : 0)
        tokenEnd.set(Double(state.token?.life?.end ?? 0) / 1_000)
    }
}

/// How a request ended; the names of `HomeserverError.metricLabel`, and success.
enum RequestEnding: String, MetricLabel {
    static let labelName = "result"
    case done, limited, refused
    case tokenRejected = "token_rejected"
    case unreachable
    case unknownOutcome = "unknown_outcome"
    case serverTrouble = "server_trouble"
    case unexplained
    case badAnswer = "bad_answer"
    case tooLarge = "too_large"
    case cancelled

    init(_ result: RowOutcome.Result) {
        if case .failure(let error) = result {
            self = RequestEnding(rawValue: error.metricLabel) ?? .badAnswer
        } else {
            self = .done
        }
    }
}

enum TokenRenewalEnding: String, MetricLabel {
    static let labelName = "result"
    case renewed, failed
}

enum SyncEnding: String, MetricLabel {
    static let labelName = "result"
    case answered, failed
}

enum LaneLabel: String, MetricLabel {
    static let labelName = "lane"
    case urgentBans = "urgent_bans"
    case bans
    case serverACLs = "server_acls"
    case redactions, housekeeping, notices, answers

    var lane: Lane {
        switch self {
        case .urgentBans: .urgentBans
        case .bans: .bans
        case .serverACLs: .serverACLs
        case .redactions: .redactions
        case .housekeeping: .housekeeping
        case .notices: .notices
        case .answers: .answers
        }
    }
}
