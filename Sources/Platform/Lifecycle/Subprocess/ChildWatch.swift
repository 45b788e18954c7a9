import Glibc

/// Follows one child to its end: reads what it writes, and ends it where it must.
struct ChildWatch: ~Copyable {
    private enum Phase: Equatable {
        case running
        /// Asked to end.
        case ending
        case killed
    }

    private let child: Child
    private let grace: Duration
    private var output: CapturedPipe
    private var error: CapturedPipe

    init(_ child: consuming Child, keeping limit: Int, grace: Duration) {
        output = CapturedPipe(child.standardOutput.number, limit)
        error = CapturedPipe(child.standardError.number, limit)
        self.child = child
        self.grace = grace
    }

    /// Blocks.
    mutating func run(_ timeout: Duration, _ cancellation: WakeUp) throws(SubprocessFailure) -> SubprocessOutput {
        var phase = Phase.running
        var isCancelled = false
        var deadline = ContinuousClock.now + timeout
        while true {
            var watched = [
                pollfd(waitingFor: child.handle.number), pollfd(waitingFor: output.descriptor),
                pollfd(waitingFor: error.descriptor),
            ]
            if phase == .running { watched.append(pollfd(waitingFor: cancellation.descriptor)) }
            let patience = phase == .killed ? nil : deadline - ContinuousClock.now
            _ = unsafe poll(&watched, nfds_t(watched.count), patience?.pollMilliseconds ?? -1)
            if watched[1].revents != 0 { output.read() }
            if watched[2].revents != 0 { error.read() }
            if watched[0].revents != 0 { break }
            if phase == .running, watched[3].revents != 0 || ContinuousClock.now >= deadline {
                isCancelled = watched[3].revents != 0
                kill(-child.number, SIGTERM)
                phase = .ending
                deadline = ContinuousClock.now + grace
            } else if phase == .ending, ContinuousClock.now >= deadline {
                kill(-child.number, SIGKILL)
                phase = .killed
            }
        }
        // Not yet reaped, so that the group's number is still its own.
        if phase == .ending { kill(-child.number, SIGKILL) }
        let end = reap(child.number)
        output.drain()
        error.drain()
        switch phase {
        case .running:
            return SubprocessOutput(end: end, standardOutput: output.bytes, standardError: error.bytes)
        case .ending, .killed:
            if isCancelled { throw .cancelled }
            throw .timedOut(standardOutput: output.bytes, standardError: error.bytes)
        }
    }
}

extension pollfd {
    /// A negative number is passed over.
    fileprivate init(waitingFor descriptor: CInt) {
        self.init(fd: descriptor, events: Int16(POLLIN), revents: 0)
    }
}

extension Duration {
    /// Rounded up, so that a wait that ran out is over.
    fileprivate var pollMilliseconds: CInt {
        let (seconds, attoseconds) = components
        guard seconds < 1_000_000 else { return 1_000_000_000 }
        return CInt(max(0, seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }
}
