/// As much of an http or https URL as must be right before anyone connects to it.
struct WebURL {
    let path: Substring
    let hasQueryOrFragment: Bool

    /// Nil for another scheme, a user or password, a missing host, a bad port, and what has to be percent-encoded.
    init?(_ text: String) {
        let bytes = text.utf8
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) && !"\"<>\\^`{|}".utf8.contains($0) }) else { return nil }
        let scheme = ["https://", "http://"].first { text.lowercased().utf8.starts(with: $0.utf8) }
        guard let scheme else { return nil }
        let rest = text[bytes.index(bytes.startIndex, offsetBy: scheme.utf8.count)...]
        let pathStart = rest.utf8.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex
        guard Self.isAuthority(rest[..<pathStart]) else { return nil }
        let pathEnd = rest[pathStart...].utf8.firstIndex { "?#".utf8.contains($0) } ?? rest.endIndex
        path = rest[pathStart..<pathEnd]
        hasQueryOrFragment = pathEnd != rest.endIndex
    }

    /// A host and perhaps a port; underscores, which no host name has, are common between containers.
    private static func isAuthority(_ text: Substring) -> Bool {
        var host = text.utf8
        let bracket = host.lastIndex(of: UInt8(ascii: "]")) ?? host.startIndex
        if let colon = host.lastIndex(of: UInt8(ascii: ":")), colon >= bracket {
            let port = host[host.index(after: colon)...]
            guard port.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(Substring(port)),
                (1...65_535).contains(number)
            else { return false }
            host = host[..<colon]
        }
        if host.first == UInt8(ascii: "[") {
            return host.last == UInt8(ascii: "]") && host.dropFirst().dropLast().allSatisfy(isAddressByte)
        }
        return !host.isEmpty && host.allSatisfy { isLetterOrDigit($0) || "-._~".utf8.contains($0) }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }
}
