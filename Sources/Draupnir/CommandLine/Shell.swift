import CommandGrammar
import Glibc
import Moderation

/// The terminal, or whatever stands in its place.
struct Shell {
    static let program = Program(
        "draupnir",
        version: programVersion,
        "the Matrix moderation bot",
        commands: SubCommand.allCases,
        describedBy: \.description
    )

    /// For what was asked for.
    func write(_ text: String) { put(text, STDOUT_FILENO) }

    /// For what went wrong.
    func complain(_ text: String) { put(text, STDERR_FILENO) }

    private func put(_ text: String, _ descriptor: CInt) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}
