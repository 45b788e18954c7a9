/// How much may be asked of one homeserver at once, learned from its answers.
///
/// A value without a clock. Concurrency grows by one while a window of answers is no slower than the best one, shrinks
/// when it is much slower, and halves at trouble. Once a rate limit was met, requests go one by one, as far apart as the
/// limit was seen to ask for.
package struct Governor: Sendable {
    package private(set) var limit: Int
    package private(set) var inFlight = 0
    /// The time between two requests that a rate limit asks for; zero where none was met.
    package private(set) var interval: Duration = .zero
    private var pausedUntil: Duration = .zero
    private var lastStart: Duration?
    private var window = Window()
    private var bestRate = 0.0
    private var successesSinceLimit = 0
    private var lastLimited: Duration?
    private let maximum: Int

    /// Eight at once is what a Synapse on SQLite does best; the bound of 24 is a guess.
    package init(initial: Int = 8, maximum: Int = 24) {
        limit = initial
        self.maximum = maximum
    }

    package func mayStart(at now: Duration) -> Bool { inFlight < limit && now >= earliestStart }

    /// When a request may start next, as far as time is concerned.
    package var earliestStart: Duration {
        guard interval > .zero, let lastStart else { return pausedUntil }
        return max(pausedUntil, lastStart + interval)
    }

    package mutating func started(at now: Duration) {
        inFlight += 1
        lastStart = now
    }

    package enum Ending: Sendable, Equatable {
        case answered
        case limited(retryAfter: Duration)
        case trouble
    }

    package mutating func ended(_ ending: Ending, startedAt start: Duration, at now: Duration) {
        inFlight -= 1
        switch ending {
        case .answered: answered(at: now, took: now - start)
        case .limited(let wait): limited(wait, from: start, at: now)
        case .trouble:
            limit = max(1, limit / 2)
            window = Window()
        }
    }

    private mutating func answered(at now: Duration, took: Duration) {
        successesSinceLimit += 1
        if interval > .zero {
            // A limit may have been lifted, or the estimate too long: creep up on it.
            if successesSinceLimit.isMultiple(of: 20) { interval = interval * 9 / 10 }
            if interval < .milliseconds(5) { interval = .zero }
            return
        }
        window.add(at: now, took: took)
        guard window.count >= max(8, limit * 2), let rate = window.rate else { return }
        if rate >= bestRate * 0.97 {
            limit = min(maximum, limit + 1)
        } else if rate < bestRate * 0.8 {
            limit = max(1, limit - 1)
        }
        bestRate = max(rate, bestRate * 0.98)
        window = Window()
    }

    /// `wait` counts from when the request was sent: a server may take its time to say no, and that time has passed.
    ///
    /// Requests that were under way together are refused together, and count once.
    private mutating func limited(_ wait: Duration, from start: Duration, at now: Duration) {
        pausedUntil = max(pausedUntil, start + wait)
        limit = 1
        successesSinceLimit = 0
        window = Window()
        bestRate = 0
        if let last = lastLimited, start <= last { return interval = max(interval, min(wait, Self.longestInterval)) }
        interval = min(max(interval * 11 / 10, wait), Self.longestInterval)
        lastLimited = now
    }

    /// A guess: a limit that asks for more is met by asking once a minute.
    private static let longestInterval: Duration = .seconds(60)

    private struct Window {
        private(set) var count = 0
        private var first: Duration?
        private var last: Duration?

        mutating func add(at now: Duration, took: Duration) {
            if first == nil { first = now - took }
            last = now
            count += 1
        }

        /// Answers a second.
        var rate: Double? {
            guard let first, let last, last > first else { return nil }
            return Double(count) / ((last - first) / .seconds(1))
        }
    }
}
