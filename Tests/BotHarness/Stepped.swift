package import SimulatedHomeserver
package import Testing

/// Has every test of a suite run on an executor of its own, one job after the other.
package struct Stepped: SuiteTrait, TestTrait, TestScoping {
    @TaskLocal package static var executor = SteppedExecutor()

    package var isRecursive: Bool { true }

    package func provideScope(
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
    package static var stepped: Self { Stepped() }
}
