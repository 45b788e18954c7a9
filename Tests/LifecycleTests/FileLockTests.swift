import Glibc
import Lifecycle
import Testing

@Suite struct FileLockTests {
    /// Of the same open file, as the descriptor of a child is that was started meanwhile.
    @Test func `one that a child has inherited is given up all the same`() {
        let file = temporaryFile()
        defer { unsafe unlink(file.path) }
        var first = FileLock(file.descriptor)
        #expect(first != nil)
        let inherited = dup(file.descriptor)
        defer { close(inherited) }
        let second = unsafe open(file.path, O_RDWR | O_CLOEXEC)
        #expect(FileLock(second) == nil)
        #expect(errno == EWOULDBLOCK)
        first = nil
        #expect(FileLock(second) != nil)
    }

    private func temporaryFile() -> (path: String, descriptor: CInt) {
        var template = Array("/tmp/draupnir-lock-XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&template)
        return (String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self), descriptor)
    }
}
