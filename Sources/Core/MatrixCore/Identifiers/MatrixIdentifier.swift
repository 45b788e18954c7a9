/// An opaque, case-sensitive Matrix identifier, equal only to the same UTF-8 bytes.
///
/// `String` compares by canonical equivalence: `"@K:a.org"` written with U+212A KELVIN SIGN is the same dictionary key
/// as the Latin one. Two accounts, one entry, and one of them is never banned.
package protocol MatrixIdentifier: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    var rawValue: String { get }
    init(parsing text: String) throws(IdentifierError)
}

extension MatrixIdentifier {
    package static func == (lhs: Self, rhs: Self) -> Bool {
        equalByBytes(lhs.rawValue, rhs.rawValue)
    }

    /// The order of the bytes, so that lists come out alike on every run.
    package static func < (lhs: Self, rhs: Self) -> Bool {
        lhs.rawValue.utf8.lexicographicallyPrecedes(rhs.rawValue.utf8)
    }

    // Equal bytes hash alike under `String`'s own hash, which is all `Hashable` asks.
    package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
    package var description: String { rawValue }

    package init(from decoder: any Decoder) throws {
        try self.init(parsing: decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

/// Whether two texts are the same bytes; `String ==` asks for canonical equivalence only.
package func equalByBytes(_ left: String, _ right: String) -> Bool {
    guard left == right else { return false }
    let bothASCII = left.utf8Span.isKnownASCII && right.utf8Span.isKnownASCII
    return bothASCII || left.utf8.elementsEqual(right.utf8)
}

/// Why a string is not the identifier it was meant to be.
package enum IdentifierError: Error, Equatable {
    case wrongSigil(expected: Character)
    case tooLong(bytes: Int)
    case missingServerName
    case containsNul
    /// Nothing behind the sigil.
    case empty
    /// A server name that no server can have: blanks, controls, or a character outside the grammar.
    case badServerName
}

/// What every identifier has in common: a sigil, at most 255 bytes, no NUL.
///
/// - Source: Matrix spec, Appendices, "Common Identifier Format".
func checkCommonForm(_ text: String, sigil: Unicode.Scalar) throws(IdentifierError) {
    let bytes = text.utf8
    guard bytes.first == UInt8(ascii: sigil) else { throw .wrongSigil(expected: Character(sigil)) }
    guard bytes.count <= maximumIdentifierLength else { throw .tooLong(bytes: bytes.count) }
    guard !bytes.contains(0) else { throw .containsNul }
    guard bytes.count > 1 else { throw .empty }
}

/// The longest identifier in UTF-8 bytes, sigil and server name included.
package let maximumIdentifierLength = 255
