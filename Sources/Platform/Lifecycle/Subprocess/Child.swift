import CProcess
import Glibc

/// A started program and our ends of its pipes; whoever makes one has to watch it to its end.
struct Child: ~Copyable {
    let number: pid_t
    /// Readable once the program has ended.
    let handle: Descriptor
    let standardOutput: Descriptor
    let standardError: Descriptor

    /// A process group of its own, so that what it starts can be ended with it; no descriptor of ours but the pipes.
    init(_ order: Subprocess) throws(SubprocessFailure) {
        let output = try Pipe()
        let error = try Pipe()
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output.writing.number, STDOUT_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, error.writing.number, STDERR_FILENO)
        unsafe posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        let words = CStrings([order.program] + order.arguments)
        let environment = CStrings(Self.environment(with: order.environment))
        var number: pid_t = 0
        let failure = unsafe posix_spawnp(
            &number,
            order.program,
            &actions,
            &attributes,
            words.pointers,
            environment.pointers
        )
        switch failure {
        case 0: break
        case ENOENT: throw .noSuchProgram(order.program)
        default: throw .notStarted(systemError(failure))
        }
        let handle = pidfd_open(number, 0)
        guard handle >= 0 else {
            let problem = systemError()
            kill(-number, SIGKILL)
            _ = reap(number)
            throw .notStarted(problem)
        }
        self.number = number
        self.handle = Descriptor(handle)
        standardOutput = output.reading
        standardError = error.reading
    }

    /// Ours, with what the order adds.
    private static func environment(with added: [String: String]) -> [String] {
        var lines = added.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        var place = unsafe environ
        while let line = unsafe place.pointee {
            let text = unsafe String(cString: line)
            let name = text.utf8.prefix { $0 != UInt8(ascii: "=") }
            if added[String(Substring(name))] == nil { lines.append(text) }
            unsafe place += 1
        }
        return lines
    }
}

/// Waits for a child that has ended or is about to, and takes it off the system's list.
func reap(_ number: pid_t) -> SubprocessOutput.End {
    var status: CInt = 0
    while unsafe waitpid(number, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return signal == 0 ? .exit((status >> 8) & 0xFF) : .signal(signal)
}
