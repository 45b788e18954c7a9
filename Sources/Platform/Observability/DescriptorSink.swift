import Glibc

import Synchronization

/// Writes each record as one line to a file descriptor, by default the standard error.
///
/// A line is one `write`, and lines of several threads do not mix. What cannot be written is dropped: a program must not
/// end because nobody reads its log. A reader that is slow holds the writer up.
package final class DescriptorSink: LogSink {
    private let format: LogFormat
    private let now: @Sendable () -> Int64
    private let descriptor: Mutex<CInt>

    /// `now` is in milliseconds since 1970.
    package init(
        _ format: LogFormat,
        descriptor: CInt = STDERR_FILENO,
        now: @escaping @Sendable () -> Int64 = wallMilliseconds
    ) {
        self.format = format
        self.now = now
        self.descriptor = Mutex(descriptor)
    }

    package func write(_ record: LogRecord) {
        let line = Array(format.line(record, at: now()).utf8)
        descriptor.withLock { descriptor in
            var rest = line[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}

/// Milliseconds since 1970 by this machine's clock, which may step.
@Sendable package func wallMilliseconds() -> Int64 {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
}
