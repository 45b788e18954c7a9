import BotHarness
import FoundationEssentials
import JSON

/// A file of `Fixtures/`, recorded from a real program.
func fixture(_ name: String) throws -> JSONValue {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let bytes = [UInt8](try Data(contentsOf: folder.appending(path: "Fixtures/\(name)")))
    return try JSONValue(parsing: bytes.span)
}
