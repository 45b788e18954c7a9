import Glibc
import Lifecycle
import Setup

/// The machine's programs.
struct SystemCommands: CommandRunning {
    func run(
        _ words: [String],
        environment: [String: String],
        timeout: Duration
    ) async throws(CommandFailure) -> CommandOutput {
        guard let program = words.first else { throw .noSuchProgram("") }
        let order = Subprocess(program, Array(words.dropFirst()), environment: environment)
        do throws(SubprocessFailure) {
            let output = try await order.run(timeout: timeout)
            let status: Int32 =
                switch output.end {
                case .exit(let status): status
                case .signal(let number): 128 + number
                }
            return CommandOutput(
                exitStatus: status,
                standardOutput: String(decoding: output.standardOutput, as: UTF8.self),
                standardError: String(decoding: output.standardError, as: UTF8.self)
            )
        } catch {
            throw CommandFailure(error)
        }
    }

    func isInstalled(_ program: String) -> Bool {
        if program.utf8.contains(UInt8(ascii: "/")) { return canRun(program) }
        // What execvp looks through where nothing is set.
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/bin:/usr/bin"
        return path.split(separator: ":", omittingEmptySubsequences: false).contains { folder in
            canRun(folder.isEmpty ? program : "\(folder)/\(program)")
        }
    }

    private func canRun(_ path: String) -> Bool {
        var state = stat()
        guard unsafe stat(path, &state) == 0, state.st_mode & S_IFMT == S_IFREG else { return false }
        return unsafe access(path, X_OK) == 0
    }
}

extension CommandFailure {
    init(_ failure: SubprocessFailure) {
        self =
            switch failure {
            case .noSuchProgram(let name): .noSuchProgram(name)
            case .notStarted(let reason): .notStarted(reason)
            case .timedOut(_, let error): .timedOut(standardError: String(decoding: error, as: UTF8.self))
            case .cancelled: .cancelled
            }
    }
}
