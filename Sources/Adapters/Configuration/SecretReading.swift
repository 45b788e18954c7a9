import Observability
import Setup
import YAML

extension Secret {
    /// Longer than any token; the first line only is the secret, but a file this long is a mistake.
    private static let longestFile = 64 * 1024

    /// The first line of a file, blanks around it taken off.
    static func read(from path: String, for keyPath: String) -> (secret: Secret?, findings: Findings) {
        var findings = Findings(file: path)
        let content: FileContent
        do throws(FileError) {
            content = try FileContent(readingFrom: path, atMost: longestFile)
        } catch {
            findings.problem(keyPath, nil, error.text, "the first line of this file is to be the secret")
            return (nil, findings)
        }
        switch content.readers {
        case .nobody: break
        case .group:
            let remedy = "run chmod 600 on it, unless the bot reads it by that group"
            findings.warning(keyPath, nil, "its group may read this file", remedy)
        case .everybody: findings.warning(keyPath, nil, "other accounts may read this file", "run chmod 600 on it")
        }
        let line = content.bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        let trimmed = trimmingBlanks(line)
        guard !trimmed.isEmpty else {
            findings.problem(keyPath, nil, "expected the secret in the first line, found an empty line")
            return (nil, findings)
        }
        if trimmed.count < line.count {
            findings.warning(keyPath, nil, "blanks around the secret were taken off", "remove them from the file")
        }
        guard let text = String(validating: trimmed, as: UTF8.self), !text.utf8.contains(0) else {
            findings.problem(keyPath, nil, "expected text, found bytes that are none")
            return (nil, findings)
        }
        return (Secret(text), findings)
    }

    private static func trimmingBlanks(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let blanks = [UInt8(ascii: " "), UInt8(ascii: "\t")]
        let start = bytes.firstIndex { !blanks.contains($0) } ?? bytes.endIndex
        let end = bytes.lastIndex { !blanks.contains($0) }.map { $0 + 1 } ?? start
        return bytes[start..<end]
    }
}
