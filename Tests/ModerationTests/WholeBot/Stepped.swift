import SimulatedHomeserver
import Testing

/// Has every test of a suite run on an executor of its own, one job after the other.
struct Stepped: SuiteTrait, TestTrait, TestScoping {
    @TaskLocal static var executor = SteppedExecutor()

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let executor = SteppedExecutor()
        try await Self.$executor.withValue(executor) {
            try await withoutActuallyEscaping(function) { function in try await executor.run { try await function() } }
        }
    }
}

extension Trait where Self == Stepped {
    static var stepped: Self { Stepped() }
}
