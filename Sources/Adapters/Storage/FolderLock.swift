import Glibc
import Lifecycle

/// Keeps a second process, or a second store of this one, out of the folder for as long as it lives.
///
/// The file itself stays, since removing it would race with whoever is about to lock it.
struct FolderLock: Sendable {
    private let lock: FileLock

    init(folder: String) throws(StorageError) {
        let path = folder + "/draupnir.lock"
        let descriptor = try openFile(path)
        do throws(FileLock.Refusal) { lock = try FileLock(descriptor) } catch {
            defer { close(descriptor) }
            guard error.isHeldByAnother else { throw .notWritable(path: path, reason: reason(error.number)) }
            throw .secondInstance(folder: folder, holder: readHolder(descriptor))
        }
        let holder = Array("\(getpid())\n".utf8)
        // The number is a courtesy to whoever is kept out; a full disk must not stop the bot here.
        _ = ftruncate(descriptor, 0)
        _ = unsafe pwrite(descriptor, holder, holder.count, 0)
    }
}

/// Opens a file for reading and writing, makes it where there is none, and leaves nothing open in child processes.
func openFile(_ path: String) throws(StorageError) -> Int32 {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor < 0 else { return descriptor }
    switch errno {
    case ENOSPC, EDQUOT: throw .diskFull(path: path)
    case let error: throw .notWritable(path: path, reason: reason(error))
    }
}

/// Makes the folder, closed to other users, and those above it.
func makeFolder(_ path: String) throws(StorageError) {
    guard unsafe mkdir(path, 0o700) != 0, errno != EEXIST else { return }
    switch errno {
    case ENOENT:
        let parts = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        guard let slash = parts, slash > path.startIndex else {
            throw .notWritable(path: path, reason: reason(ENOENT))
        }
        try makeFolder(String(path[..<slash]))
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw .notWritable(path: path, reason: reason(errno))
        }
    case ENOSPC, EDQUOT: throw .diskFull(path: path)
    case let error: throw .notWritable(path: path, reason: reason(error))
    }
}

private func reason(_ error: Int32) -> String { unsafe String(cString: strerror(error)) }

private func readHolder(_ descriptor: Int32) -> Int32? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    let digits = bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") }
    return Int32(String(decoding: digits, as: UTF8.self))
}
