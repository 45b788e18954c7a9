import Glibc
import Setup

/// A file's bytes, and whether other accounts may read them too.
struct FileContent {
    let bytes: [UInt8]
    /// A group that this process itself needs to read the file is none of the others.
    let readers: StoredFile.Readers
    var isShared: Bool { readers != .nobody }

    /// `limit` is in bytes; of a longer file no more is read.
    ///
    /// - Throws: Why there is nothing to read.
    init(readingFrom path: String, atMost limit: Int) throws(FileError) {
        guard !path.utf8.contains(0) else { throw .missing }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(errno) }
        defer { _ = close(descriptor) }
        var state = stat()
        guard unsafe fstat(descriptor, &state) == 0 else { throw FileError(errno) }
        guard state.st_mode & S_IFMT != S_IFDIR else { throw .isDirectory }
        readers = Self.isCredential(path) ? .nobody : Self.readers(state)
        bytes = try Self.read(descriptor, atMost: limit)
    }

    /// systemd closes its credentials by an access list, which shows as a group that may read.
    private static func isCredential(_ path: String) -> Bool {
        guard let folder = unsafe getenv("CREDENTIALS_DIRECTORY").map({ unsafe String(cString: $0) }), !folder.isEmpty
        else { return false }
        return path.utf8.starts(with: "\(folder)/".utf8)
    }

    private static func readers(_ state: stat) -> StoredFile.Readers {
        guard state.st_mode & S_IFMT == S_IFREG else { return .nobody }
        if state.st_mode & S_IROTH != 0 { return .everybody(state.st_gid) }
        guard state.st_mode & S_IRGRP != 0 else { return .nobody }
        return state.st_gid == getegid() && state.st_uid != geteuid() ? .nobody : .group(state.st_gid)
    }

    private static func read(_ descriptor: CInt, atMost limit: Int) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(errno) }
            guard count > 0 else { return bytes }
            bytes += buffer.prefix(count)
            guard bytes.count <= limit else { throw .tooLong(limit: limit) }
        }
    }
}

/// Why a file cannot be read.
enum FileError: Error, Equatable {
    case missing
    case notPermitted
    case isDirectory
    case tooLong(limit: Int)
    case failed(errno: CInt)

    init(_ number: CInt) {
        self =
            switch number {
            case ENOENT, ENOTDIR: .missing
            case EACCES, EPERM: .notPermitted
            case EISDIR: .isDirectory
            default: .failed(errno: number)
            }
    }

    var text: String {
        switch self {
        case .missing: "there is no such file"
        case .notPermitted: "this account may not read the file"
        case .isDirectory: "expected a file, found a directory"
        case .tooLong(let limit): "expected at most \(limit) bytes, found more"
        case .failed(let number): "the file cannot be read: \(unsafe String(cString: strerror(number)))"
        }
    }
}
