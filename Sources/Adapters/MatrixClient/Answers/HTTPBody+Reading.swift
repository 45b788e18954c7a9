import HTTPClient
import JSON
import Moderation

extension HTTPBody {
    /// Reads a small answer; nil from `use` means that what was promised is not in it.
    func read<Value>(_ promised: String, _ use: (JSONView) -> Value?) throws(HomeserverError) -> Value {
        let value = try? withText { text throws(JSONError) in use(try JSONReader().read(text)) }
        guard let value = value ?? nil else { throw .badAnswer("an answer without \(promised)") }
        return value
    }

    func value() throws(HomeserverError) -> JSONValue {
        do throws(JSONError) {
            return try withText { text throws(JSONError) in try JSONValue(parsing: text) }
        } catch {
            throw .badAnswer("an answer that is no JSON: \(error)")
        }
    }

    /// Whether its first and last byte are those of an object or array; a cheap look before the scan that will tell all.
    func isEnclosed(by open: Unicode.Scalar, _ close: Unicode.Scalar) -> Bool {
        withText { text in
            func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
            let first = text.indices.first { !isBlank(text[$0]) }
            let last = text.indices.last { !isBlank(text[$0]) }
            guard let first, let last, first < last else { return false }
            return text[first] == UInt8(ascii: open) && text[last] == UInt8(ascii: close)
        }
    }

    private func withText<Value, Failure: Error>(
        _ use: (Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try withBytes { (bytes) throws(Failure) in
            try unsafe bytes.withUnsafeBytes { (bytes) throws(Failure) in
                try unsafe use(bytes.assumingMemoryBound(to: UInt8.self).span)
            }
        }
    }
}
