import Glibc
import Synchronization

/// Holds threads back until it is opened.
final class Gate: Sendable {
    /// Readable, at its end, once the gate is open.
    let descriptor: Int32
    private let writing: Mutex<Int32?>

    init() {
        var ends: [Int32] = [-1, -1]
        let failure = unsafe pipe(&ends)
        precondition(failure == 0, "no more pipes")
        descriptor = ends[0]
        writing = Mutex(ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }

    deinit {
        open()
        close(descriptor)
    }

    func open() {
        writing.withLock { end in
            if let open = end.take() { close(open) }
        }
    }
}
