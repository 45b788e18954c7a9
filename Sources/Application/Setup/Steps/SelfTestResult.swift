import JSON

/// What the self-test measured.
package struct SelfTestResult: Sendable, Equatable {
    package struct Probe: Sendable, Equatable {
        package let name: String
        /// Until the homeserver had answered.
        package let answered: Duration
        /// Until sync brought it back, from the request on.
        package let observed: Duration
    }

    package var probes: [Probe] = []
    package var hasStateAfter = false
    /// What was measured of the server's limits, where they could not be read.
    package var limit: Measured?

    package enum Measured: Sendable, Equatable {
        case none(requests: Int)
        case limited(after: Int, retryAfter: Duration)
    }

    package init() {}
}

extension Duration {
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }
}
