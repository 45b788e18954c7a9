import Glibc

/// Keeps other processes, and others in this one, from locking the same file or folder, for as long as it lives (flock(2)).
///
/// The kernel lets go of it when the process ends, however that happens.
package final class FileLock: Sendable {
    private let descriptor: CInt

    /// Takes the descriptor over where it gets the lock; where it does not, returns nil with `errno` as flock(2) left it.
    package init?(_ descriptor: CInt) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
        self.descriptor = descriptor
    }

    /// Unlocked first: a child that is just being started has the descriptor too, until it becomes its program.
    deinit {
        _ = flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
