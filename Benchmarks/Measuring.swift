import Glibc

/// The time of the processor, since a machine with other work makes that of the clock worthless.
func processorTime() -> Duration {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}

/// The best of some runs.
func best(of runs: Int = 5, _ work: () throws -> Void) rethrows -> Duration {
    var best = Duration.seconds(Int64.max / 4)
    for _ in 0..<runs {
        let start = processorTime()
        try work()
        best = min(best, processorTime() - start)
    }
    return best
}

/// In megabytes of 10^6 bytes a second.
func rate(_ bytes: Int, in time: Duration) -> Double { Double(bytes) / 1e6 / (time / .seconds(1)) }

/// A field of `/proc/self/status` in megabytes: `VmRSS`, or `VmHWM` for the most that it ever was.
func memory(_ field: String) -> Double {
    guard let file = unsafe fopen("/proc/self/status", "r") else { return 0 }
    defer { unsafe fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while unsafe fgets(&line, 256, file) != nil {
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard text.hasPrefix(field + ":") else { continue }
        let digits = text.utf8.filter { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        return (Double(String(decoding: digits, as: UTF8.self)) ?? 0) / 1_000
    }
    return 0
}

/// Keeps a value from being optimised away.
@_optimize(none) func keep<Value>(_ value: Value) {}
