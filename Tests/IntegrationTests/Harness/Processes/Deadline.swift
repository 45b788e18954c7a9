/// What was waited for did not come in time.
struct DeadlinePassed: Error, CustomStringConvertible {
    let awaited: String
    let limit: Duration
    /// What there was to see when time ran out.
    var seen = ""

    var description: String { "\(awaited): not within \(limit)\(seen.isEmpty ? "" : "\n\(seen)")" }
}

/// Runs an operation that must end within `limit`; at the limit it is cancelled and `DeadlinePassed` is thrown.
func within<Value: Sendable>(
    _ limit: Duration,
    _ awaited: String,
    _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw DeadlinePassed(awaited: awaited, limit: limit)
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        return first
    }
}

/// Asks again and again, every 20 ms, until there is an answer: for what does not tell by itself when it is ready.
func polling<Value: Sendable>(
    atMost limit: Duration,
    _ awaited: String,
    _ ask: @escaping @Sendable () async throws -> Value?
) async throws -> Value {
    try await within(limit, awaited) {
        while true {
            if let value = try await ask() { return value }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
