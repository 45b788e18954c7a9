import Glibc
import Setup
import Synchronization

/// Folders that this process alone works in, given up with this or with the process.
final class FolderLocks: Sendable {
    private let descriptors = Mutex<[String: CInt]>([:])

    /// A folder that is not there is free.
    func take(_ folder: String) throws(FileFailure) {
        try descriptors.withLock { (taken) throws(FileFailure) in
            guard taken[folder] == nil else { return }
            let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if descriptor < 0, errno == ENOENT { return }
            guard descriptor >= 0 else { throw FileFailure(folder, "cannot be opened: \(reason(errno))") }
            // Network file systems that have no locks are no reason to fail.
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
                close(descriptor)
                throw FileFailure(folder, FileFailure.heldByAnother)
            }
            taken[folder] = descriptor
        }
    }

    /// Unlocked first: a child that is just being started has the descriptors too, until it becomes its program.
    deinit {
        descriptors.withLock {
            for descriptor in $0.values {
                _ = flock(descriptor, LOCK_UN)
                close(descriptor)
            }
        }
    }
}
