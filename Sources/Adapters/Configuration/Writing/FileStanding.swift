import Glibc

/// Whose a file is to be, and who may read it: as the one that it replaces, or else its folder's owner's.
///
/// The bot may read a file by its group, as `root:draupnir` with mode 0640: whoever writes it anew must not lock the bot out.
struct FileStanding {
    private let replaced: stat?
    private let folder: stat?

    init(replacing path: String) {
        func state(_ read: (UnsafeMutablePointer<stat>) -> CInt) -> stat? {
            var state = stat()
            return unsafe read(&state) == 0 ? state : nil
        }
        // A link is replaced itself: what it leads to says nothing.
        let found = unsafe state { unsafe lstat(path, $0) }
        replaced = found.flatMap { $0.st_mode & S_IFMT == S_IFREG ? $0 : nil }
        folder = unsafe state { unsafe stat(containingFolder(of: path), $0) }
    }

    func give(to descriptor: CInt, isSecret: Bool) {
        guard let replaced else {
            // What root writes into the bot's folder is for the bot to read.
            if geteuid() == 0, let folder { _ = fchown(descriptor, folder.st_uid, folder.st_gid) }
            return
        }
        if geteuid() == 0 { _ = fchown(descriptor, replaced.st_uid, .max) }
        let keepsGroup = fchown(descriptor, .max, replaced.st_gid) == 0
        var mode = replaced.st_mode & (isSecret ? 0o640 : 0o777) | 0o600
        // What one group could read is not for another.
        if !keepsGroup { mode &= 0o707 }
        _ = fchmod(descriptor, mode)
    }
}

func containingFolder(of path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? "."
}
