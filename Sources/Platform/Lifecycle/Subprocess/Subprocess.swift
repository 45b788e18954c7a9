import Dispatch

/// A program to be run to its end, without a terminal and with nothing to read.
package struct Subprocess: Sendable {
    package var program: String
    package var arguments: [String]
    /// Set beside what this process has, or in its place.
    package var environment: [String: String]
    /// What is kept of each of the two outputs, in bytes; what comes beyond is read and dropped.
    package var outputLimit = 1 << 20
    /// Between the request to end and the end by force.
    package var grace: Duration = .seconds(2)

    /// A program without a slash is looked for in `PATH`.
    package init(_ program: String, _ arguments: [String] = [], environment: [String: String] = [:]) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
    }

    /// Returns once the program has ended; what it left running in the background goes on.
    ///
    /// After `timeout`, and when the task is cancelled, the program and what it started in its process group are asked to
    /// end, and killed after `grace`. Nothing of that group is left when this returns; what
    /// the program had others start, as `docker exec` does, is theirs.
    package func run(timeout: Duration) async throws(SubprocessFailure) -> SubprocessOutput {
        if Task.isCancelled { throw .cancelled }
        guard let cancellation = WakeUp() else { throw .notStarted(systemError()) }
        defer { cancellation.close() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // A queue of its own: it waits, which the cooperative pool must not.
                DispatchQueue(label: "subprocess").async {
                    continuation.resume(returning: runHere(timeout, cancellation))
                }
            }
        } onCancel: {
            cancellation.signal()
        }
        return try result.get()
    }

    private func runHere(
        _ timeout: Duration,
        _ cancellation: WakeUp
    ) -> Result<SubprocessOutput, SubprocessFailure> {
        Result { () throws(SubprocessFailure) in
            var watch = ChildWatch(try Child(self), keeping: outputLimit, grace: grace)
            return try watch.run(timeout, cancellation)
        }
    }
}

package struct SubprocessOutput: Sendable, Equatable {
    package enum End: Sendable, Equatable {
        case exit(Int32)
        case signal(Int32)
    }

    package var end: End
    package var standardOutput: [UInt8]
    package var standardError: [UInt8]
}

package enum SubprocessFailure: Error, Sendable, Equatable {
    case noSuchProgram(String)
    /// There, but it cannot be run: what the system says.
    case notStarted(String)
    /// It was killed; what it wrote until then.
    case timedOut(standardOutput: [UInt8], standardError: [UInt8])
    /// It was killed, as the task was cancelled.
    case cancelled
}
