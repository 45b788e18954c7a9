import Glibc
import Lifecycle
import Setup
import Synchronization

/// Folders that this process alone works in, given up with this or with the process.
final class FolderLocks: Sendable {
    private let taken = Mutex<[String: FileLock]>([:])

    /// A folder that is not there is free.
    func take(_ folder: String) throws(FileFailure) {
        try taken.withLock { (taken) throws(FileFailure) in
            guard taken[folder] == nil else { return }
            let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if descriptor < 0, errno == ENOENT { return }
            guard descriptor >= 0 else { throw FileFailure(folder, "cannot be opened: \(reason(errno))") }
            do throws(FileLock.Refusal) { taken[folder] = try FileLock(descriptor) } catch {
                close(descriptor)
                // Network file systems that have no locks are no reason to fail.
                if error.isHeldByAnother { throw FileFailure(folder, FileFailure.heldByAnother) }
            }
        }
    }
}
