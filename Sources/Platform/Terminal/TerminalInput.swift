import Glibc
import Synchronization

/// Lines that a person types.
package final class TerminalInput: Sendable {
    private let descriptor: CInt
    /// Read, and not yet given out.
    private let rest = Mutex<[UInt8]>([])

    package init(descriptor: CInt = STDIN_FILENO) { self.descriptor = descriptor }

    /// Whether a terminal is at the other end, and not a file or a pipe.
    package var isTerminal: Bool { isatty(descriptor) == 1 }

    /// The next line without its end; nil where there is no more.
    ///
    /// A secret is not echoed while it is typed. The terminal is as it was afterwards, also where the person interrupts:
    /// the interrupt then ends a line, and is raised once the echo is on again.
    package func line(isSecret: Bool) -> String? {
        guard isSecret, isTerminal else { return line() }
        var before = termios()
        guard unsafe tcgetattr(descriptor, &before) == 0 else { return line() }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
        silent.c_lflag |= tcflag_t(ECHONL)
        silent.c_cc.11 = Self.interrupt  // VEOL
        _ = unsafe tcsetattr(descriptor, TCSANOW, &silent)
        let line = line()
        _ = unsafe tcsetattr(descriptor, TCSANOW, &before)
        if line == nil, rest.withLock({ $0.contains(Self.interrupt) }) {
            rest.withLock { $0 = [] }
            _ = raise(SIGINT)
        }
        return line
    }

    /// What Ctrl-C sends.
    private static let interrupt: UInt8 = 0x03

    /// Bytes that are no UTF-8 are repaired.
    private func line() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            if let line = takeLine() { return line }
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            let isOver = rest.withLock { rest in
                rest += buffer.prefix(count)
                return rest.count > 1 << 20 || rest.contains(Self.interrupt)
            }
            if isOver { return nil }
        }
    }

    private func takeLine() -> String? {
        rest.withLock { rest in
            guard let end = rest.firstIndex(of: 0x0A) else { return nil }
            var line = rest[..<end]
            if line.last == 0x0D { line.removeLast() }
            let text = String(decoding: line, as: UTF8.self)
            rest.removeSubrange(...end)
            return text
        }
    }
}
