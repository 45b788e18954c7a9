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
    private let warned = Mutex<String?>(nil)

    package init() {}

    package var stage: Stage { current.withLock { $0 } }

    /// Whether the bot does its work; only then is it healthy.
    package var isReady: Bool { stage == .enforcing }

    /// What will go wrong unless somebody sees to it: the bot is healthy nevertheless.
    package var warning: String? { warned.withLock { $0 } }

    package func warn(_ text: String?) { warned.withLock { $0 = text } }

    /// Takes the next stage, unless the bot is stopping.
    package func enter(_ stage: Stage) {
        current.withLock { current in
            guard current != .stopping else { return }
            current = stage
        }
    }
}
