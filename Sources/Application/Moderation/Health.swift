import Synchronization

/// How the bot is, for those who watch over it: the health server, the service manager, `status`.
package final class HealthState: Sendable {
    package enum Stage: Sendable, Equatable {
        /// Nothing is enforced yet.
        case starting
        case enforcing
        /// Running, and not doing all that moderators count on; the reason is a sentence for them.
        case degraded(reason: String)
        /// The end; nothing comes after it.
        case stopping
    }

    private let current = Mutex(Stage.starting)

    package init() {}

    package var stage: Stage { current.withLock { $0 } }

    /// Whether the bot does its work; only then is it healthy.
    package var isReady: Bool { stage == .enforcing }

    /// Takes the next stage, unless the bot is stopping.
    package func enter(_ stage: Stage) {
        current.withLock { current in
            guard current != .stopping else { return }
            current = stage
        }
    }
}
