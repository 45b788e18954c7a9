import Glibc

/// A configuration and a token's file in a directory of their own, for the real reader; removed when this goes.
final class ScratchConfiguration {
    let folder: String
    var path: String { folder + "/production.yaml" }
    var token: String { folder + "/token" }

    init(_ text: String = "") throws {
        var template = Array("/tmp/setup-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw ScratchError() }
        folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        try write(text, to: path)
        try write("syt_x\n", to: token)
    }

    private func write(_ text: String, to path: String) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT, 0o600)
        guard descriptor >= 0 else { throw ScratchError() }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw ScratchError() }
    }

    deinit {
        for path in [path, token] { _ = unsafe unlink(path) }
        _ = unsafe rmdir(folder)
    }

    private struct ScratchError: Error {}
}
