/// What sort of homeserver it is.
package struct SimulationSettings: Sendable {
    /// Under which name a sync gives the state after the timeline (MSC4222).
    package enum StateAfter: Sendable {
        /// As Synapse does unless told otherwise: it gives `state` only.
        case unknown
        /// `org.matrix.msc4222.state_after`
        case unstable
        /// `state_after`
        case stable
    }

    package var serverName: String
    package var defaultRoomVersion = "10"
    package var stateAfter = StateAfter.unknown
    /// Most timeline events a room in a sync, whatever is asked for.
    package var timelineLimit = 100
    /// For each user; nil limits nothing.
    package var rateLimit: RateLimit?
    /// Makes other event and room IDs, and nothing else different.
    package var seed: UInt64 = 0

    package init(serverName: String = "a.org") { self.serverName = serverName }
}

/// How much a user may do that makes events: so many at once, and then at a rate.
package struct RateLimit: Sendable, Equatable {
    package var perSecond: Double
    package var burst: Double

    package init(perSecond: Double, burst: Double) {
        self.perSecond = perSecond
        self.burst = burst
    }
}

/// What one user has done lately, as Synapse counts it.
struct RateLimiter {
    private var performed = 0.0
    private var start: Duration = .zero

    /// Counts one action, or says how long to wait for it.
    mutating func admit(_ limit: RateLimit, at now: Duration) -> Duration? {
        let left = performed - (now - start).inSeconds * limit.perSecond
        if left < 0 { (performed, start) = (0, now) }
        let current = max(left, 0)
        // A billionth for the sums of a retry that comes exactly on time.
        guard current <= limit.burst - 1 + 1e-9 else {
            return .milliseconds(Int64(((current - (limit.burst - 1)) / limit.perSecond * 1_000 - 1e-6).rounded(.up)))
        }
        performed += 1
        return nil
    }
}

extension Duration {
    fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
