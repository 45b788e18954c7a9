/// How much may be asked of one homeserver at once, learned from its answers.
///
/// A value without a clock. Concurrency is what keeps some requests waiting at the server and not many: it grows while
/// answers come as fast as to a lone request, shrinks when more than a few wait for each other, and halves at trouble. Once
/// a rate limit was met, requests go one by one, as far apart as the limit was seen to ask for.
package struct Governor: Sendable {
    package private(set) var limit: Int
    package private(set) var inFlight = 0
    /// The time between two requests that a rate limit asks for; zero where none was met.
    package private(set) var interval: Duration = .zero
    private var pausedUntil: Duration = .zero
    private var lastStart: Duration?
    private var window = Window()
    /// How long an answer takes to which nothing is in the way, as far as was seen lately.
    private var fastest: Duration?
    private var successesSinceLimit = 0
    private var lastLimited: Duration?
    private var lastEnd: Duration?
    /// Until when the first request after a pause goes alone.
    private var aloneUntil: Duration = .zero
    private let maximum: Int

    /// How many requests should wait at the server: fewer leave it idle, more only make each of them late.
    ///
    /// A server that does one thing at a time, as Synapse on SQLite, gets some ten. Sixteen take a little more of its time from
    /// the clients that follow it, and a limit of its own then refuses sixteen at once.
    private static let wantedWaiting = 8.0...12.0
    /// Requests that go together come back together: the first ban would be as late as the last of them.
    private static let headStart: Duration = .milliseconds(100)
    /// Shorter than this is no pause: when the first of a wave has ended, nothing is in flight either.
    private static let pause: Duration = .milliseconds(200)

    /// The bound of 24 is a guess.
    package init(initial: Int = 10, maximum: Int = 24) {
        limit = initial
        self.maximum = maximum
    }

    package func mayStart(at now: Duration) -> Bool { inFlight < limit && now >= earliestStart }

    /// When a request may start next, as far as time is concerned.
    package var earliestStart: Duration {
        guard interval > .zero, let lastStart else { return max(pausedUntil, aloneUntil) }
        return max(pausedUntil, lastStart + interval)
    }

    package mutating func started(at now: Duration) {
        if inFlight == 0, lastEnd.map({ now - $0 >= Self.pause }) ?? true { aloneUntil = now + Self.headStart }
        inFlight += 1
        window.mostInFlight = max(window.mostInFlight, inFlight)
        lastStart = now
    }

    package enum Ending: Sendable, Equatable {
        case answered
        case limited(retryAfter: Duration)
        case trouble
    }

    package mutating func ended(_ ending: Ending, startedAt start: Duration, at now: Duration) {
        inFlight -= 1
        lastEnd = now
        aloneUntil = .zero
        switch ending {
        case .answered: answered(after: now - start)
        case .limited(let wait): limited(wait, from: start, at: now)
        case .trouble:
            limit = max(1, limit / 2)
            beginWindow()
        }
    }

    private mutating func answered(after time: Duration) {
        successesSinceLimit += 1
        if interval > .zero {
            // A limit may have been lifted, or the estimate too long: creep up on it.
            if successesSinceLimit.isMultiple(of: 20) { interval = interval * 9 / 10 }
            if interval < .milliseconds(5) { interval = .zero }
            return
        }
        window.add(time)
        guard window.count >= max(8, limit * 2) else { return }
        // Forgotten slowly: a server may become slower for good.
        let fastest = min(window.fastest, (fastest ?? window.fastest) * 501 / 500)
        self.fastest = fastest
        let waiting = Double(limit) * (1 - fastest / max(window.mean, fastest))
        if waiting > Self.wantedWaiting.upperBound {
            limit -= 1
        } else if waiting < Self.wantedWaiting.lowerBound, window.mostInFlight >= limit {
            limit = min(maximum, limit + 1)
        }
        beginWindow()
    }

    private mutating func beginWindow() {
        window = Window()
        window.mostInFlight = inFlight
    }

    /// `wait` counts from when the request was sent: a server may take its time to say no, and that time has passed.
    ///
    /// Requests that were under way together are refused together, and count once.
    private mutating func limited(_ wait: Duration, from start: Duration, at now: Duration) {
        pausedUntil = max(pausedUntil, start + wait)
        limit = 1
        successesSinceLimit = 0
        beginWindow()
        fastest = nil
        if let last = lastLimited, start <= last { return interval = max(interval, min(wait, Self.longestInterval)) }
        interval = min(max(interval * 11 / 10, wait), Self.longestInterval)
        lastLimited = now
    }

    /// A guess: a limit that asks for more is met by asking once a minute.
    private static let longestInterval: Duration = .seconds(60)

    private struct Window {
        var mostInFlight = 0
        private(set) var count = 0
        private(set) var fastest = Duration.seconds(Int64.max / 4)
        private var total = Duration.zero

        var mean: Duration { count > 0 ? total / count : .zero }

        mutating func add(_ time: Duration) {
            count += 1
            total += time
            fastest = min(fastest, time)
        }
    }
}
