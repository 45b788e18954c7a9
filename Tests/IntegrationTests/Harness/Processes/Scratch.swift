import FoundationEssentials
import Glibc

/// Folders of this test run, removed when it ends; with `DRAUPNIR_KEEP_SCRATCH` set they stay.
///
/// A run that was killed leaves its folders to the next run, which removes them.
enum Scratch {
    private static let prefix = "draupnir-integration-"

    private static let base: String = {
        let temporary = parentFolder()
        for name in (try? FileManager.default.contentsOfDirectory(atPath: temporary)) ?? [] where isAbandoned(name) {
            try? FileManager.default.removeItem(atPath: temporary + "/" + name)
        }
        if ProcessInfo.processInfo.environment["DRAUPNIR_KEEP_SCRATCH"] == nil {
            atexit { try? FileManager.default.removeItem(atPath: Scratch.base) }
        }
        return temporary + "/" + prefix + String(getpid())
    }()

    static func folder(_ purpose: String) throws -> String {
        let path = base + "/" + purpose + "-" + uniqueSuffix()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// In memory where there is room for it: Synapse waits for the disk in every transaction, and half as long without one.
    private static func parentFolder() -> String {
        var space = statvfs()
        let roomy = UInt(1) << 30
        if unsafe statvfs("/dev/shm", &space) == 0, space.f_bavail * space.f_frsize > roomy,
            unsafe access("/dev/shm", W_OK) == 0
        {
            return "/dev/shm"
        }
        return FileManager.default.temporaryDirectory.path
    }

    private static func isAbandoned(_ name: String) -> Bool {
        guard name.hasPrefix(prefix), let pid = pid_t(name.dropFirst(prefix.count)) else { return false }
        return kill(pid, 0) != 0 && errno == ESRCH
    }
}

/// Ten hexadecimal digits: names that tests give are made unique by it, as all share one homeserver.
func uniqueSuffix() -> String {
    let digits = String(UInt64.random(in: 0..<(1 << 40)), radix: 16)
    return String(repeating: "0", count: 10 - digits.utf8.count) + digits
}

func writeFile(_ text: String, to path: String, isSecret: Bool = false) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
    if isSecret { unsafe chmod(path, 0o600) }
}

/// The end of a text file, for an error message; empty where there is none.
func tail(of path: String, lines: Int = 30) -> String {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { return "" }
    let all = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
    return all.suffix(lines).joined(separator: "\n")
}
