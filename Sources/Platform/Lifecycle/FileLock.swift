import Glibc

/// Keeps other processes, and others in this one, from locking the same file or folder, for as long as it lives (flock(2)).
///
/// The kernel lets go of it when the process ends, however that happens.
package final class FileLock: Sendable {
    /// The lock was not to be had; the descriptor is still the caller's.
    package struct Refusal: Error {
        /// The `errno` of flock(2).
        package let number: CInt
        package var isHeldByAnother: Bool { number == EWOULDBLOCK }
    }

    private let descriptor: CInt

    /// Takes the descriptor over where it gets the lock.
    package init(_ descriptor: CInt) throws(Refusal) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw Refusal(number: errno) }
        self.descriptor = descriptor
    }

    /// Unlocked first: a child that is just being started has the descriptor too, until it becomes its program.
    deinit {
        _ = flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
