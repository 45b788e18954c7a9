import Glibc
import Synchronization

/// A pseudo-terminal with a program at its other end, and a person at this one.
final class SetupTerminal: Sendable {
    private let controller: Int32
    private let process: ChildProcess
    private let drained = Promise<Void>()
    private let shown = Mutex<String>("")

    struct NoTerminal: Error { let number: Int32 }

    /// Starts the program with the terminal as its input, output, error output and controlling terminal.
    init(_ program: String, _ arguments: [String], in folder: String) async throws {
        controller = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (locked, number) = (Int32(0), Int32(-1))
        // TIOCSPTLCK and TIOCGPTN, which Swift does not see.
        guard controller >= 0, unsafe ioctl(controller, 0x4004_5431, &locked) == 0,
            unsafe ioctl(controller, 0x8004_5430, &number) == 0
        else { throw NoTerminal(number: errno) }
        let path = "/dev/pts/\(number)"
        let script = "cd '\(folder)' && exec setsid --ctty --wait \"$0\" \"$@\" < '\(path)' > '\(path)' 2>&1"
        process = try await ChildProcess("sh", ["-c", script, program] + arguments, log: folder + "/terminal.log")
        startThread { [self] in read(keeping: unsafe open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)) }
    }

    /// Runs on a thread of its own until the program has ended and all of it was read.
    ///
    /// `other` is the program's end of the terminal, kept open so that reading waits instead of failing.
    private func read(keeping other: Int32) {
        defer {
            _ = close(other)
            drained.fulfil(())
        }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let hasEnded = process.endingSoFar != nil
            var ready = pollfd(fd: controller, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&ready, 1, 100) > 0 else {
                if hasEnded { return }
                continue
            }
            let count = unsafe Glibc.read(controller, &buffer, buffer.count)
            guard count > 0 else { return }
            shown.withLock { $0 += String(decoding: buffer.prefix(count), as: UTF8.self) }
        }
    }

    /// All that was shown so far, line ends as programs write them.
    var text: String {
        String(String.UnicodeScalarView(shown.withLock { $0 }.unicodeScalars.filter { $0 != "\r" }))
    }

    /// Waits until the last thing shown is this question, and types.
    func answer(_ question: String, _ line: String, within limit: Duration = .seconds(120)) async throws {
        do {
            try await polling(atMost: limit, "the question “\(question)”") { [self] in
                let text = text
                return text.hasSuffix(": ") && lastLine(of: text).contains(question) ? () : nil
            }
        } catch let late as DeadlinePassed {
            throw DeadlinePassed(awaited: late.awaited, limit: late.limit, seen: text)
        }
        let bytes = Array((line + "\n").utf8)
        // The echo and the next question come behind: without this the same question could be answered twice.
        shown.withLock { $0 += "\n" }
        _ = unsafe write(controller, bytes, bytes.count)
    }

    /// Waits until this was shown.
    func waitFor(_ shown: String, within limit: Duration = .seconds(120)) async throws {
        do {
            try await polling(atMost: limit, "“\(shown)”") { [self] in text.contains(shown) ? () : nil }
        } catch let late as DeadlinePassed {
            throw DeadlinePassed(awaited: late.awaited, limit: late.limit, seen: text)
        }
    }

    /// Types Ctrl-C, and waits for the end.
    func interrupt() async throws -> ChildProcess.Ending {
        let bytes: [UInt8] = [0x03]
        _ = unsafe write(controller, bytes, bytes.count)
        return try await end()
    }

    func end(within limit: Duration = .seconds(120)) async throws -> ChildProcess.Ending {
        let ending = try await process.end(within: limit)
        try await drained.value()
        return ending
    }

    private func lastLine(of text: String) -> Substring {
        text.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
    }
}
