import Glibc
import Lifecycle
import Testing

@Suite struct FileLockTests {
    /// Of the same open file, as the descriptor of a child is that was started meanwhile.
    @Test func `one that a child has inherited is given up all the same`() throws {
        let file = temporaryFile()
        defer { unsafe unlink(file.path) }
        var first = try FileLock(file.descriptor) as FileLock?
        let inherited = dup(file.descriptor)
        defer { close(inherited) }
        let second = unsafe open(file.path, O_RDWR | O_CLOEXEC)
        let refusal = #expect(throws: FileLock.Refusal.self) { try FileLock(second) }
        #expect(refusal?.isHeldByAnother == true)
        withExtendedLifetime(first) {}
        first = nil
        #expect(throws: Never.self) { try FileLock(second) }
    }

    private func temporaryFile() -> (path: String, descriptor: CInt) {
        var template = Array("/tmp/draupnir-lock-XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&template)
        return (String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self), descriptor)
    }
}
