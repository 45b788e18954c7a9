import Glibc
import Observability
import Testing

@Suite(.timeLimit(.minutes(1))) struct DescriptorSinkTests {
    @Test func `lines of many tasks do not mix`() async throws {
        let file = try ScratchDescriptor()
        let sink = DescriptorSink(.text, descriptor: file.descriptor, now: { 0 })
        let log = Log("test", sink: sink)
        let filler = String(repeating: "x", count: 1_000)
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    for number in 0..<100 { log.info("line", ["id": "\(writer)-\(number)", "filler": filler]) }
                }
            }
        }
        let lines = file.content.split(separator: "\n").sorted()
        let expected = (0..<800).map {
            "1970-01-01T00:00:00.000Z INFO test: line id=\($0 / 100)-\($0 % 100) filler=\(filler)"
        }
        #expect(lines.map(String.init) == expected.sorted())
    }

    @Test func `each record is one write`() throws {
        // A socket of records keeps the writes apart.
        var ends: [CInt] = [0, 0]
        #expect(unsafe socketpair(AF_UNIX, CInt(SOCK_SEQPACKET.rawValue), 0, &ends) == 0)
        defer { for end in ends { close(end) } }
        let log = Log("test", sink: DescriptorSink(.json, descriptor: ends[0], now: { 0 }))
        log.error("first", ["a": "1"])
        log.error("second")
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe recv(ends[1], &buffer, buffer.count, 0)
        let line =
            #"{"time":"1970-01-01T00:00:00.000Z","level":"ERROR","source":"test","message":"first","fields":{"a":"1"}}"#
        #expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self) == line + "\n")
    }

    @Test func `what cannot be written is dropped`() {
        DescriptorSink(.text, descriptor: -1).write(LogRecord(level: .info, source: "s", message: "m", fields: []))
    }

    @Test func `the clock is the system's`() {
        #expect(abs(wallMilliseconds() - Int64(time(nil)) * 1_000) < 2_000)
    }
}

/// An open file without a name.
final class ScratchDescriptor: Sendable {
    let descriptor: CInt

    init() throws {
        var template = Array("/tmp/log-XXXXXX".utf8CString)
        descriptor = unsafe mkstemp(&template)
        guard descriptor >= 0 else { throw NoDescriptor() }
        _ = unsafe unlink(template)
    }

    deinit { close(descriptor) }

    var content: String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe pread(descriptor, &buffer, buffer.count, bytes.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer.prefix(count)
        }
    }

    struct NoDescriptor: Error {}
}
