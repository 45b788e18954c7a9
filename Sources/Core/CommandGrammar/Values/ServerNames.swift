import MatrixCore

/// Reads the name of a server that is to be acted on.
///
/// A bare word is refused: most are typing errors, display names or list names, and a rule about the server "spam"
/// would guard nobody while all think it does.
func readServer(_ text: String) throws(Unreadable) -> ServerPattern {
    guard let first = text.utf8.first else { throw .empty }
    guard ![UInt8(ascii: "@"), UInt8(ascii: "#"), UInt8(ascii: "!"), UInt8(ascii: "$")].contains(first) else {
        throw .otherKind
    }
    if isGlob(text) {
        guard isServerGlob(text) else { throw .otherKind }
        let isAllWildcards = text.utf8.allSatisfy(isWildcard)
        guard isAllWildcards || first == UInt8(ascii: "[") || text.utf8.contains(UInt8(ascii: ".")) else {
            throw .implausibleServer
        }
        return .glob(EntityGlob(unchecked: text))
    }
    guard let server = try? ServerName(parsing: text) else { throw .otherKind }
    guard isPlausible(server) else { throw .implausibleServer }
    return .server(server)
}

func isGlob(_ text: String) -> Bool { text.utf8.contains(where: isWildcard) }

/// Whether each `*` and `?` could stand for something that makes a server name.
func isServerGlob(_ text: String) -> Bool {
    // A digit is welcome in hosts, ports and addresses alike.
    let filled = text.utf8.map { isWildcard($0) ? UInt8(ascii: "1") : $0 }
    return (try? ServerName(parsing: String(decoding: filled, as: UTF8.self))) != nil
}

private func isWildcard(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") }

private func isPlausible(_ server: ServerName) -> Bool {
    let host = server.host
    let hasPort = host.utf8.count < server.rawValue.utf8.count
    if server.isIPLiteral || host.foldedASCII == "localhost" { return true }
    let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard labels.allSatisfy({ !$0.isEmpty }) else { return false }
    guard labels.count > 1 else { return hasPort }
    // `1.5` and `v1.2` are numbers; no domain's last label is all digits.
    return labels.last?.contains { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
}
