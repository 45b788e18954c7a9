import Glibc
package import Setup

/// The machine's files.
package struct SystemFiles: Files {
    private let locks = FolderLocks()

    package init() {}

    package func lock(_ folder: String) throws(FileFailure) { try locks.take(absolute(folder)) }

    package func read(_ path: String, atMost limit: Int) throws(FileFailure) -> StoredFile? {
        do throws(FileError) {
            let content = try FileContent(readingFrom: path, atMost: limit)
            return StoredFile(bytes: content.bytes, readers: content.readers)
        } catch {
            if case .missing = error { return nil }
            throw FileFailure(path, error.text)
        }
    }

    /// Beside the file first, then renamed over it: a crash leaves the old one or the new one, and never half of either;
    /// what it returns from survives a power cut.
    package func write(_ bytes: [UInt8], to path: String, isSecret: Bool) throws(FileFailure) {
        // Of this process alone: another may write the same file.
        let temporary = "\(path).\(getpid()).new"
        _ = unsafe unlink(temporary)
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, isSecret ? 0o600 : 0o644)
        guard descriptor >= 0 else { throw FileFailure(path, "cannot be made: \(reason(errno))") }
        do throws(FileFailure) {
            defer { _ = Glibc.close(descriptor) }
            FileStanding(replacing: path).give(to: descriptor, isSecret: isSecret)
            try writeAll(bytes, descriptor, path)
            guard fsync(descriptor) == 0 else { throw FileFailure(path, "cannot be written: \(reason(errno))") }
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
        guard unsafe rename(temporary, path) == 0 else {
            let error = errno
            _ = unsafe unlink(temporary)
            throw FileFailure(path, "cannot be replaced: \(reason(error))")
        }
        try settle(folderOf: path)
    }

    /// Has the new name written too.
    ///
    /// Some network file systems refuse: they do it by themselves.
    private func settle(folderOf path: String) throws(FileFailure) {
        let descriptor = unsafe open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { _ = Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
            throw FileFailure(path, "cannot be written: \(reason(errno))")
        }
    }

    private func folder(of path: String) -> String { containingFolder(of: path) }

    private func writeAll(_ bytes: [UInt8], _ descriptor: CInt, _ path: String) throws(FileFailure) {
        var offset = 0
        while offset < bytes.count {
            let rest = bytes[offset...]
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileFailure(path, "cannot be written: \(reason(errno))") }
            offset += count
        }
    }

    package func makeFolder(_ path: String, isPrivate: Bool) throws(FileFailure) {
        let mode: mode_t = isPrivate ? 0o700 : 0o755
        if unsafe mkdir(path, mode) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash > path.startIndex else {
            throw FileFailure(path, "the folder cannot be made: \(reason(errno))")
        }
        try makeFolder(String(path[..<slash]), isPrivate: false)
        guard unsafe mkdir(path, mode) == 0 || errno == EEXIST else {
            throw FileFailure(path, "the folder cannot be made: \(reason(errno))")
        }
    }

    package func close(_ path: String, keepsGroup: Bool) throws(FileFailure) {
        var state = stat()
        guard unsafe stat(path, &state) == 0 else { throw FileFailure(path, reason(errno)) }
        guard unsafe chmod(path, state.st_mode & (keepsGroup ? 0o770 : 0o700)) == 0 else {
            throw FileFailure(path, reason(errno))
        }
    }

    package func objection(toSecretsIn folder: String) -> String? {
        var (state, above) = (stat(), stat())
        guard unsafe lstat(folder, &state) == 0 else { return nil }
        switch state.st_mode & S_IFMT {
        case S_IFDIR: break
        case S_IFLNK: return "is a link, which whoever made it may lead elsewhere"
        default: return "is not a folder"
        }
        let hasAbove = unsafe stat(self.folder(of: folder), &above) == 0
        guard state.st_uid == geteuid() || hasAbove && state.st_uid == above.st_uid else {
            return "belongs to another account (user ID \(state.st_uid)), which would get what is written there"
        }
        return state.st_mode & 0o022 == 0 ? nil : "can be written by other accounts"
    }

    package func group(of path: String) -> UInt32? {
        var state = stat()
        return unsafe stat(path, &state) == 0 ? state.st_gid : nil
    }

    package func remove(_ path: String) throws(FileFailure) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw FileFailure(path, reason(errno)) }
    }

    package func canWrite(in folder: String) -> Bool {
        guard let path = nearest(folder) else { return false }
        var state = stat()
        guard unsafe stat(path, &state) == 0, state.st_mode & S_IFMT == S_IFDIR else { return false }
        return unsafe access(path, W_OK | X_OK) == 0
    }

    package func freeSpace(in folder: String) -> Int64? {
        var space = statvfs()
        guard let path = nearest(folder), unsafe statvfs(path, &space) == 0 else { return nil }
        return Int64(clamping: UInt64(space.f_bavail) * UInt64(space.f_frsize))
    }

    /// The folder itself, or the nearest one above it that is there.
    private func nearest(_ folder: String) -> String? {
        var path = absolute(folder)
        while unsafe access(path, F_OK) != 0 {
            guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
        return path
    }

    package func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        var rest = path[...]
        while rest.hasPrefix("./") { rest = rest.dropFirst(2) }
        return Configuration.currentDirectory() + "/" + rest
    }
}

func reason(_ number: CInt) -> String { unsafe String(cString: strerror(number)) }
