import BotHarness
import Moderation
import Testing

@Suite struct GovernorTests {
    /// Starts and ends so many requests, one after another, each taking as long; the time after them.
    private func answer(
        _ governor: inout Governor,
        _ count: Int,
        each: Duration,
        from start: Duration = .zero
    ) -> Duration {
        var now = start
        for _ in 0..<count {
            governor.started(at: now)
            governor.ended(.answered, startedAt: now, at: now + each)
            now += each
        }
        return now
    }

    @Test func `no more start at once than the limit`() {
        var governor = Governor(initial: 3)
        for _ in 0..<3 {
            #expect(governor.mayStart(at: .zero))
            governor.started(at: .zero)
        }
        #expect(!governor.mayStart(at: .zero))
        governor.ended(.answered, startedAt: .zero, at: .seconds(1))
        #expect(governor.mayStart(at: .seconds(1)))
    }

    @Test func `it grows while answers come as fast as ever, up to its bound`() {
        var governor = Governor(initial: 8, maximum: 10)
        var now = Duration.zero
        now = answer(&governor, 16, each: .milliseconds(20), from: now)
        #expect(governor.limit == 9)
        now = answer(&governor, 200, each: .milliseconds(20), from: now)
        #expect(governor.limit == 10)
    }

    @Test func `it shrinks by one when answers come much slower`() {
        var governor = Governor(initial: 8)
        let now = answer(&governor, 16, each: .milliseconds(20))
        #expect(governor.limit == 9)
        _ = answer(&governor, 18, each: .milliseconds(100), from: now)
        #expect(governor.limit == 8)
    }

    @Test(arguments: [(8, 4), (3, 1), (1, 1)])
    func `trouble halves it, and one always may go`(_ before: Int, after: Int) {
        var governor = Governor(initial: before)
        governor.started(at: .zero)
        governor.ended(.trouble, startedAt: .zero, at: .seconds(1))
        #expect(governor.limit == after)
        #expect(governor.mayStart(at: .seconds(1)))
    }

    @Test func `the wait of a limit counts from the start of the request`() {
        var governor = Governor()
        governor.started(at: .seconds(10))
        // The server took three of the five seconds to say no.
        governor.ended(.limited(retryAfter: .seconds(5)), startedAt: .seconds(10), at: .seconds(13))
        #expect(!governor.mayStart(at: .milliseconds(14_999)))
        #expect(governor.mayStart(at: .seconds(15)))
    }

    @Test func `after a limit requests go one by one, as far apart as it asked for`() {
        var governor = Governor()
        governor.started(at: .zero)
        governor.ended(.limited(retryAfter: .seconds(2)), startedAt: .zero, at: .zero)
        #expect(governor.limit == 1)
        #expect(governor.interval == .seconds(2))
        governor.started(at: .seconds(2))
        #expect(!governor.mayStart(at: .seconds(4)))  // one is under way
        governor.ended(.answered, startedAt: .seconds(2), at: .seconds(3))
        #expect(!governor.mayStart(at: .seconds(3)))
        #expect(governor.earliestStart == .seconds(4))
        #expect(governor.mayStart(at: .seconds(4)))
    }

    @Test func `a later limit lengthens the interval, and never shortens it`() {
        var governor = Governor()
        governor.started(at: .zero)
        governor.ended(.limited(retryAfter: .seconds(2)), startedAt: .zero, at: .zero)
        governor.started(at: .seconds(2))
        governor.ended(.limited(retryAfter: .milliseconds(100)), startedAt: .seconds(2), at: .seconds(2))
        #expect(governor.interval == .milliseconds(2_200))
        #expect(governor.earliestStart == .milliseconds(4_200))
    }

    @Test func `requests that were under way together are limited once`() {
        var governor = Governor(initial: 8)
        for _ in 0..<8 { governor.started(at: .zero) }
        for number in 1...8 {
            governor.ended(.limited(retryAfter: .milliseconds(500)), startedAt: .zero, at: .milliseconds(number))
        }
        #expect(governor.interval == .milliseconds(500))
        #expect(governor.earliestStart == .milliseconds(500))
    }

    @Test func `a limit of an hour does not become the interval`() {
        var governor = Governor()
        governor.started(at: .zero)
        governor.ended(.limited(retryAfter: .seconds(3_600)), startedAt: .zero, at: .zero)
        #expect(governor.interval == .seconds(60))
        #expect(governor.earliestStart == .seconds(3_600))
    }

    @Test func `the interval shrinks while answers come, and goes when it is next to nothing`() {
        var governor = Governor()
        governor.started(at: .zero)
        governor.ended(.limited(retryAfter: .milliseconds(100)), startedAt: .zero, at: .zero)
        var now = answer(&governor, 19, each: .milliseconds(100), from: .milliseconds(100))
        #expect(governor.interval == .milliseconds(100))
        now = answer(&governor, 1, each: .milliseconds(100), from: now)
        #expect(governor.interval == .milliseconds(90))
        for _ in 0..<1_000 where governor.interval > .zero {
            now = answer(&governor, 1, each: .milliseconds(100), from: now)
        }
        #expect(governor.interval == .zero)
        // From then on it grows again.
        _ = answer(&governor, 8, each: .milliseconds(20), from: now)
        #expect(governor.limit == 2)
    }
}
