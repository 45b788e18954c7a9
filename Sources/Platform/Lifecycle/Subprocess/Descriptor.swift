import CProcess
import Glibc
import Synchronization

/// A file descriptor with one owner.
struct Descriptor: ~Copyable {
    let number: CInt

    init(_ number: CInt) { self.number = number }

    deinit { close(number) }
}

struct Pipe: ~Copyable {
    let reading: Descriptor
    let writing: Descriptor

    init() throws(SubprocessFailure) {
        var ends: [CInt] = [-1, -1]
        guard unsafe pipe2(&ends, O_CLOEXEC) == 0 else { throw .notStarted(systemError()) }
        reading = Descriptor(ends[0])
        writing = Descriptor(ends[1])
    }
}

/// Ends a wait from another thread.
final class WakeUp: Sendable {
    let descriptor: CInt
    private let isOpen = Mutex(true)

    /// Nil where the process has no descriptor left.
    init?() {
        descriptor = eventfd(0, CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK))
        if descriptor < 0 { return nil }
    }

    /// To be called once nobody waits any more; later signals do nothing.
    func close() {
        isOpen.withLock { isOpen in
            if isOpen { _ = Glibc.close(descriptor) }
            isOpen = false
        }
    }

    func signal() { isOpen.withLock { if $0 { _ = eventfd_write(descriptor, 1) } } }
}

/// What the system says of an error.
func systemError(_ number: CInt = errno) -> String { unsafe String(cString: strerror(number)) }

/// C's array of strings, ended by a null.
@safe struct CStrings: ~Copyable {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ texts: [String]) {
        count = texts.count
        unsafe pointers = .allocate(capacity: texts.count + 1)
        for (index, text) in texts.enumerated() { unsafe (pointers + index).initialize(to: strdup(text)) }
        unsafe (pointers + texts.count).initialize(to: nil)
    }

    deinit {
        for index in 0..<count { unsafe free(pointers[index]) }
        unsafe pointers.deallocate()
    }
}
