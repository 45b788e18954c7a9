import BotHarness
import Moderation
import Testing

@Suite struct GovernorTests {
    /// Starts as many at once as the limit lets, ends all, and so on for so many answers, each taking as long; the time
    /// after them.
    private func answer(
        _ governor: inout Governor,
        _ count: Int,
        each: Duration,
        from start: Duration = .zero
    ) -> Duration {
        var (now, left) = (start, count)
        while left > 0 {
            let together = min(left, governor.limit)
            for _ in 0..<together { governor.started(at: now) }
            for _ in 0..<together { governor.ended(.answered, startedAt: now, at: now + each) }
            left -= together
            now += each
        }
        return now
    }

    @Test func `no more start at once than the limit`() {
        var governor = Governor(initial: 3)
        governor.started(at: .zero)
        for _ in 0..<2 {
            #expect(governor.mayStart(at: .milliseconds(100)))
            governor.started(at: .milliseconds(100))
        }
        #expect(!governor.mayStart(at: .milliseconds(100)))
        governor.ended(.answered, startedAt: .zero, at: .seconds(1))
        #expect(governor.mayStart(at: .seconds(1)))
    }

    @Test func `after a pause the first goes alone until it is answered`() {
        var governor = Governor()
        governor.started(at: .seconds(5))
        #expect(!governor.mayStart(at: .milliseconds(5_099)))
        governor.ended(.answered, startedAt: .seconds(5), at: .milliseconds(5_020))
        governor.started(at: .milliseconds(5_030))
        // Nothing was in flight, but the wave has begun.
        #expect(governor.mayStart(at: .milliseconds(5_030)))
    }

    @Test func `a first that is not answered is waited for a tenth of a second`() {
        var governor = Governor()
        governor.started(at: .seconds(5))
        #expect(governor.earliestStart == .milliseconds(5_100))
        #expect(governor.mayStart(at: .milliseconds(5_100)))
    }

    @Test func `it grows while answers come as fast as ever, up to its bound`() {
        var governor = Governor(initial: 8, maximum: 10)
        var now = Duration.zero
        now = answer(&governor, 16, each: .milliseconds(20), from: now)
        #expect(governor.limit == 9)
        now = answer(&governor, 200, each: .milliseconds(20), from: now)
        #expect(governor.limit == 10)
    }

    @Test func `it does not grow where less was asked than it lets`() {
        var governor = Governor(initial: 8)
        var now = Duration.zero
        for _ in 0..<100 {
            governor.started(at: now)
            now += .milliseconds(20)
            governor.ended(.answered, startedAt: now - .milliseconds(20), at: now)
        }
        #expect(governor.limit == 8)
    }

    @Test func `it shrinks while many wait for each other, and no further than where few do`() {
        var governor = Governor(initial: 20)
        var now = answer(&governor, 40, each: .milliseconds(20))
        #expect(governor.limit == 21)
        now = answer(&governor, 42, each: .milliseconds(200), from: now)
        #expect(governor.limit == 20)
        _ = answer(&governor, 2_000, each: .milliseconds(2_000), from: now)
        #expect((8...13).contains(governor.limit))
    }

    @Test func `a server that does one thing at a time gets some ten at once`() {
        var governor = Governor()
        governor.started(at: .zero)
        governor.ended(.answered, startedAt: .zero, at: .milliseconds(25))
        var now = Duration.milliseconds(25)
        for _ in 0..<100 {
            let each = Duration.milliseconds(25) * governor.limit
            now = answer(&governor, governor.limit, each: each, from: now)
        }
        #expect((8...13).contains(governor.limit))
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
