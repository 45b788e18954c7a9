import FoundationEssentials
import Glibc
import Synchronization

/// A program that runs beside the tests and never outlives them.
///
/// It is started through `setpriv --pdeathsig KILL`, by which the kernel ends it with the *thread* that started it. Hence
/// a thread for each child, which starts it and waits for its end.
final class ChildProcess: Sendable {
    enum Ending: Sendable, Equatable {
        case exited(code: Int32)
        case killed(signal: Int32)
    }

    struct StartFailed: Error {
        let program: String
        let number: Int32
    }

    private let ending = Promise<Ending>()
    /// Nil before the start, and again from the end on, when the number may belong to another process.
    private let running = Mutex<pid_t?>(nil)

    /// Starts `program`, a path or a name that is looked for in PATH; `log` gets what it writes, at its end.
    init(_ program: String, _ arguments: [String], log: String) async throws {
        let failure = await withCheckedContinuation { started in
            startThread { [self] in
                let (pid, failure) = spawn(program, arguments, log: log)
                if failure == 0 { running.withLock { $0 = pid } }
                started.resume(returning: failure)
                if failure == 0 { waitForEnd(of: pid) }
            }
        }
        guard failure == 0 else { throw StartFailed(program: program, number: failure) }
    }

    /// Nil once it has ended.
    var pid: pid_t? { running.withLock { $0 } }

    var endingSoFar: Ending? { ending.valueSoFar }

    /// Does nothing once it has ended.
    func send(_ signal: Int32) {
        running.withLock { pid in
            if let pid { kill(pid, signal) }
        }
    }

    func end(within limit: Duration) async throws -> Ending {
        try await within(limit, "the end of a child process") { [ending] in try await ending.value() }
    }

    /// Runs on the child's thread.
    private func waitForEnd(of pid: pid_t) {
        var information = unsafe siginfo_t()
        // Without reaping: until `running` is nil the number must stay taken.
        while unsafe waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        let status = running.withLock { running in
            running = nil
            var status: Int32 = 0
            while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
            return status
        }
        let signal = status & 0x7F
        ending.fulfil(signal == 0 ? .exited(code: status >> 8 & 0xFF) : .killed(signal: signal))
    }
}

/// Starts a program with no signal blocked or ignored and no descriptor but the three standard ones.
///
/// Threads of the tests block signals, and a child would inherit that: SIGTERM would do nothing to it.
private func spawn(_ program: String, _ arguments: [String], log: String) -> (pid: pid_t, failure: Int32) {
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe sigfillset(&signals)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    unsafe posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    for descriptor in openDescriptors() where descriptor > STDERR_FILENO {
        unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
    }

    let words = ["setpriv", "--pdeathsig", "KILL", "--", program] + arguments
    var pointers = unsafe words.map { unsafe strdup($0) }
    unsafe pointers.append(nil)
    defer { unsafe pointers.forEach { unsafe free($0) } }
    var pid: pid_t = 0
    let failure = unsafe posix_spawnp(&pid, "setpriv", &actions, &attributes, pointers, environ)
    return (pid, failure)
}

/// Those that are closed by the time of the start do no harm.
private func openDescriptors() -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return names.compactMap { Int32($0) }
}
