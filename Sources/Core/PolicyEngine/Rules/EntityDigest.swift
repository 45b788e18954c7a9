import Cryptography
import FoundationEssentials

/// The SHA-256 of an entity, which a hashed rule names instead of the entity.
///
/// - Source: MSC4205.
package struct EntityDigest: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// Nil where the library cannot digest at all.
    package init?(of entity: Span<UInt8>) {
        guard let bytes = try? Digest.sha256(entity) else { return nil }
        self.init(bytes)
    }

    package init?(of entity: String) { self.init(of: entity.utf8Span.span) }

    /// Nil where there are not exactly 32 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var rest = bytes[...]
        func word() -> UInt64 {
            let word = rest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
            rest = rest.dropFirst(8)
            return word
        }
        words = (word(), word(), word(), word())
    }

    /// Reads base64 of the standard alphabet, padded or not.
    package init?(base64 text: String) {
        let isPadded = text.utf8.count == 44
        guard isPadded || text.utf8.count == 43, let data = Data(base64Encoded: isPadded ? text : text + "=")
        else { return nil }
        self.init(data)
    }

    /// Base64 of the standard alphabet, padded.
    package var base64: String { Data(bytes).base64EncodedString() }

    package var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
        }
    }

    package static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Hasher) {
        // The digest of an entity that somebody else chose: all of it, under the process's own seed.
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}
