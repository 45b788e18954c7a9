import Glibc

/// A file in a directory of its own, removed when this goes.
final class ScratchFile {
    let path: String
    private let directory: String

    init(_ bytes: [UInt8], mode: mode_t = 0o600) throws {
        var template = Array("/tmp/configuration-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw ScratchError() }
        directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        path = directory + "/file"
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT, mode)
        guard descriptor >= 0 else { throw ScratchError() }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw ScratchError() }
            rest = rest.dropFirst(count)
        }
        guard fchmod(descriptor, mode) == 0 else { throw ScratchError() }
    }

    convenience init(_ text: String, mode: mode_t = 0o600) throws { try self.init(Array(text.utf8), mode: mode) }

    deinit {
        _ = unsafe unlink(path)
        _ = unsafe rmdir(directory)
    }

    struct ScratchError: Error {}
}
