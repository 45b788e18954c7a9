/// Programs of the machine, such as `mas-cli`.
package protocol CommandRunning: Sendable {
    /// Runs a program to its end; `words` begins with its name, and `environment` is set beside what the bot has.
    ///
    /// Nothing can be typed: the standard input is empty. After `timeout`, and when the task is cancelled, it is killed
    /// with all that it started.
    func run(
        _ words: [String],
        environment: [String: String],
        timeout: Duration
    ) async throws(CommandFailure) -> CommandOutput

    /// Whether `run` would find it: a name is looked for in `PATH`.
    func isInstalled(_ program: String) -> Bool
}

package struct CommandOutput: Sendable, Equatable {
    /// 128 and the signal's number where one ended it, as a shell counts.
    package var exitStatus: Int32
    /// Bytes that are no UTF-8 are repaired; of a long output, its beginning.
    package var standardOutput: String
    package var standardError: String

    package init(exitStatus: Int32, standardOutput: String, standardError: String) {
        self.exitStatus = exitStatus
        self.standardOutput = standardOutput
        self.standardError = standardError
    }
}

package enum CommandFailure: Error, Sendable, Equatable {
    case noSuchProgram(String)
    /// There, but it cannot be run: what the system says.
    case notStarted(String)
    /// Killed; what it had written to its standard error.
    case timedOut(standardError: String)
    case cancelled
}
