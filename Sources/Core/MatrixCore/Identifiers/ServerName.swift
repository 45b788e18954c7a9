/// A homeserver's name, such as `example.org`, `example.org:8448` or `[::1]`.
///
/// Names that came in inside another identifier are taken as they are, since a server that breaks the grammar must still
/// be bannable; what a person typed is checked.
///
/// - Source: Matrix spec, Appendices, "Server Name".
package struct ServerName: MatrixIdentifier {
    package let rawValue: String

    init(unchecked text: String) { rawValue = text }

    package init(parsing text: String) throws(IdentifierError) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= 230 else { throw .tooLong(bytes: bytes.count) }
        let (host, port) = Self.split(bytes)
        guard Self.isHost(host), port.map(Self.isPort) ?? true else { throw .badServerName }
        rawValue = text
    }

    /// Takes what was encoded as it is, since not every name we hold keeps to the grammar.
    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    /// The name without its port: what a server ACL is compared with.
    ///
    /// - Source: Matrix spec, Server-Server API, "Server Access Control Lists (ACLs)".
    package var host: String {
        String(decoding: Self.split(Array(rawValue.utf8)).host, as: UTF8.self)
    }

    /// Whether it is an IPv4 or IPv6 address, which `allow_ip_literals` is about.
    package var isIPLiteral: Bool {
        let host = Self.split(Array(rawValue.utf8)).host
        if host.first == UInt8(ascii: "[") { return true }
        let parts = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.count) && part.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            }
    }

    private static func split(_ bytes: [UInt8]) -> (host: ArraySlice<UInt8>, port: ArraySlice<UInt8>?) {
        let closing = bytes.lastIndex(of: UInt8(ascii: "]")) ?? -1
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")), colon > closing else { return (bytes[...], nil) }
        return (bytes[..<colon], bytes[(colon + 1)...])
    }

    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        (1...5).contains(bytes.count) && bytes.allSatisfy(isDigit)
    }

    private static func isHost(_ bytes: ArraySlice<UInt8>) -> Bool {
        if bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]") {
            let inner = bytes.dropFirst().dropLast()
            return (2...45).contains(inner.count)
                && inner.allSatisfy { isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
        }
        return !bytes.isEmpty
            && bytes.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
private func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
private func isHexDigit(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
}
