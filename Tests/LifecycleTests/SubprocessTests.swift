import Glibc
import Lifecycle
import Testing

@Suite(.timeLimit(.minutes(1)), .serialized) struct SubprocessTests {
    private func shell(_ script: String, timeout: Duration = .seconds(50)) async throws -> SubprocessOutput {
        try await Subprocess("sh", ["-c", script]).run(timeout: timeout)
    }

    @Test func `gives what the program wrote, and how it ended`() async throws {
        let output = try await shell("echo out; echo err >&2")
        #expect(output.end == .exit(0))
        #expect(String(decoding: output.standardOutput, as: UTF8.self) == "out\n")
        #expect(String(decoding: output.standardError, as: UTF8.self) == "err\n")
        #expect(try await shell("exit 3").end == .exit(3))
        #expect(try await shell("kill -9 $$").end == .signal(SIGKILL))
    }

    @Test func `words are handed over as they are, without a shell`() async throws {
        let output = try await Subprocess("printf", ["%s|", "a b", "$HOME", "", "'x'"]).run(timeout: .seconds(50))
        #expect(String(decoding: output.standardOutput, as: UTF8.self) == "a b|$HOME||'x'|")
    }

    @Test func `much on both outputs at once is read, and kept up to the limit`() async throws {
        var order = Subprocess("sh", ["-c", "head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2; echo done"])
        order.outputLimit = 1_000
        let output = try await order.run(timeout: .seconds(50))
        #expect(output.end == .exit(0))
        #expect(output.standardOutput.count == 1_000)
        #expect(output.standardError.count == 1_000)
    }

    @Test func `nothing can be read from the standard input`() async throws {
        let output = try await shell("cat; echo $?; readlink /proc/self/fd/0")
        #expect(String(decoding: output.standardOutput, as: UTF8.self) == "0\n/dev/null\n")
    }

    @Test func `the environment is ours, with what is given in place of it`() async throws {
        unsafe setenv("DRAUPNIR_TEST_KEPT", "kept", 1)
        unsafe setenv("DRAUPNIR_TEST_GIVEN", "before", 1)
        defer {
            unsafe unsetenv("DRAUPNIR_TEST_KEPT")
            unsafe unsetenv("DRAUPNIR_TEST_GIVEN")
        }
        let script = "echo $DRAUPNIR_TEST_KEPT $DRAUPNIR_TEST_GIVEN; env | grep -c ^DRAUPNIR_TEST_GIVEN"
        let order = Subprocess("sh", ["-c", script], environment: ["DRAUPNIR_TEST_GIVEN": "given"])
        let output = try await order.run(timeout: .seconds(50))
        #expect(String(decoding: output.standardOutput, as: UTF8.self) == "kept given\n1\n")
    }

    @Test func `a program that is not there, or cannot be run, is told`() async {
        await #expect(throws: SubprocessFailure.noSuchProgram("draupnir-has-no-such-program")) {
            try await Subprocess("draupnir-has-no-such-program").run(timeout: .seconds(50))
        }
        await #expect(throws: SubprocessFailure.notStarted("Permission denied")) {
            try await Subprocess("/etc").run(timeout: .seconds(50))
        }
    }

    /// Both ignore the request to end, and tell their numbers.
    private static let stubborn =
        "trap '' TERM; echo $$; sh -c 'echo $$; while :; do sleep 1000; done' & wait; sleep 1000"

    @Test func `time runs out for a child and a grandchild that will not end`() async throws {
        var order = Subprocess("sh", ["-c", Self.stubborn])
        order.grace = .milliseconds(50)
        let numbers = try await numbersOfKilled(order)
        #expect(numbers.count == 2)
        try await waitUntilGone(numbers)
    }

    @Test func `one that obeys leaves nobody of its group behind`() async throws {
        let grandchild = "trap \"\" TERM; echo $$; while :; do sleep 1000; done"
        var order = Subprocess("sh", ["-c", "echo $$; sh -c '\(grandchild)' & wait"])
        order.grace = .seconds(50)
        let numbers = try await numbersOfKilled(order)
        #expect(numbers.count == 2)
        try await waitUntilGone(numbers)
    }

    /// Killed is not yet gone.
    private func waitUntilGone(_ numbers: [pid_t]) async throws {
        while !numbers.allSatisfy(isGone) { try await Task.sleep(for: .milliseconds(10)) }
    }

    /// What the program wrote before time ran out, a number a line.
    private func numbersOfKilled(_ order: Subprocess) async throws -> [pid_t] {
        let failure = await #expect(throws: SubprocessFailure.self) { try await order.run(timeout: .seconds(3)) }
        guard case .timedOut(let output, _) = failure else { throw try #require(failure) }
        return String(decoding: output, as: UTF8.self).split(separator: "\n").compactMap { pid_t($0) }
    }

    @Test func `cancelling a program that runs ends it`() async throws {
        let fifo = "/tmp/draupnir-subprocess-\(getpid())"
        unsafe unlink(fifo)
        try #require(unsafe mkfifo(fifo, 0o600) == 0)
        defer { unsafe unlink(fifo) }
        let task = Task { try await shell("echo $$ > \(fifo); sleep 1000", timeout: .seconds(3_600)) }
        // Ends once the program is there.
        let file = unsafe try #require(unsafe fopen(fifo, "r"))
        var line = [CChar](repeating: 0, count: 64)
        unsafe fgets(&line, CInt(line.count), file)
        unsafe fclose(file)
        task.cancel()
        await #expect(throws: SubprocessFailure.cancelled) { try await task.value }
        #expect(isGone(unsafe atoi(line)))
    }

    @Test func `cancelled beforehand, it is not started`() async {
        let task = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return try await shell("sleep 1000")
        }
        await #expect(throws: SubprocessFailure.cancelled) { try await task.value }
    }

    @Test func `what goes on in the background is not waited for`() async throws {
        let output = try await shell("sleep 1000 & echo $!")
        #expect(output.end == .exit(0))
        let background = try #require(pid_t(String(decoding: output.standardOutput, as: UTF8.self).dropLast()))
        #expect(kill(background, SIGKILL) == 0)
    }

    @Test func `the program gets no descriptor of ours`() async throws {
        let marker = unsafe open("/dev/null", O_RDONLY)  // without O_CLOEXEC
        defer { close(marker) }
        let output = try await Subprocess("ls", ["/proc/self/fd"]).run(timeout: .seconds(50))
        #expect(String(decoding: output.standardOutput, as: UTF8.self) == "0\n1\n2\n3\n")  // 3: ls reads the folder
    }

    @Test func `no descriptor and no zombie is left`() async {
        // In a process of its own, where nobody else opens files.
        await #expect(processExitsWith: .success) {
            func openDescriptors() -> [CInt] { (0..<256).filter { fcntl($0, F_GETFD) >= 0 } }
            _ = try await Subprocess("true").run(timeout: .seconds(50))
            let before = openDescriptors()
            for _ in 0..<20 { _ = try await Subprocess("true").run(timeout: .seconds(50)) }
            _ = try? await Subprocess("draupnir-has-no-such-program").run(timeout: .seconds(50))
            _ = try? await Subprocess("sleep", ["1000"]).run(timeout: .zero)
            precondition(openDescriptors() == before)
            precondition(waitpid(-1, nil, WNOHANG) == -1 && errno == ECHILD)
        }
    }

    /// A killed orphan stays on the system's list until the first process has reaped it; a child of ours must not.
    private func isGone(_ number: pid_t) -> Bool {
        guard let file = unsafe fopen("/proc/\(number)/stat", "r") else { return true }
        defer { unsafe fclose(file) }
        var line = [UInt8](repeating: 0, count: 256)
        let count = unsafe fread(&line, 1, line.count, file)
        let fields = String(decoding: line.prefix(count), as: UTF8.self).split(separator: " ")
        return fields.count > 3 && fields[2] == "Z" && fields[3] != "\(getpid())"
    }
}
