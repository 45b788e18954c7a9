package import MatrixCore

/// What an operator typed to name their homeserver.
package enum HomeserverAddress: Sendable, Equatable {
    case name(ServerName)
    /// The base URL of the client API, without a slash at its end.
    case url(String)
    /// The account that the bot is to have, or has.
    case account(UserID)

    package init?(_ text: String) {
        if let user = try? UserID(parsing: text), (try? ServerName(parsing: user.server.rawValue)) != nil {
            self = .account(user)
        } else if let url = Self.baseURL(in: text) {
            self = .url(url)
        } else if let name = try? ServerName(parsing: text) {
            self = .name(name)
        } else {
            return nil
        }
    }

    package var serverName: ServerName? {
        switch self {
        case .name(let name): name
        case .account(let user): user.server
        case .url: nil
        }
    }

    /// A URL with a host, cut before `/_matrix`, query and fragment.
    static func baseURL(in text: String) -> String? {
        let lowered = text.lowercased()
        guard let scheme = ["https://", "http://"].first(where: { lowered.hasPrefix($0) }) else { return nil }
        var rest = text.dropFirst(scheme.utf8.count)
        if let matrix = rest.firstRange(of: "/_matrix") { rest = rest[..<matrix.lowerBound] }
        rest = rest.prefix { $0 != "?" && $0 != "#" }
        while rest.utf8.last == UInt8(ascii: "/") { rest.removeLast() }
        let isPlain = rest.utf8.allSatisfy { byte in
            (0x21...0x7E).contains(byte) && !"\"<>\\^`{|}@".utf8.contains(byte) && !meansMoreToAShell(byte)
        }
        let host = rest.prefix { $0 != "/" && $0 != ":" }
        guard isPlain, !host.isEmpty || rest.hasPrefix("[") else { return nil }
        return scheme + rest
    }
}

/// Whether a byte that a URL may have does more in a shell than stand for itself.
///
/// Addresses come from strangers and stand in lines that operators type.
func meansMoreToAShell(_ byte: UInt8) -> Bool { "$&();*!?#'`".utf8.contains(byte) }

/// Whether what is sent there can be read on the way: plain HTTP leaves this machine.
package func isExposed(_ url: String) -> Bool {
    guard url.lowercased().hasPrefix("http://") else { return false }
    let rest = url.dropFirst("http://".utf8.count)
    let authority = rest.prefix { $0 != "/" }
    let host: String
    if authority.hasPrefix("[") {
        host = String(authority.dropFirst().prefix { $0 != "]" })
    } else {
        host = String(authority.prefix { $0 != ":" }).lowercased()
    }
    return !(host == "localhost" || host == "::1" || isLoopbackIPv4(host) || host.hasSuffix(".localhost"))
}

/// Whether it is an address of the web with a host, of bytes that a URL may have and a terminal shows as they are.
package func isWebAddress(_ url: String) -> Bool {
    guard let scheme = ["https://", "http://"].first(where: { url.lowercased().hasPrefix($0) }) else { return false }
    let rest = url.utf8.dropFirst(scheme.utf8.count)
    let authority = rest.prefix { !"/?#".utf8.contains($0) }
    return url.utf8.count <= 2_000 && !authority.isEmpty && !authority.contains(UInt8(ascii: "@"))
        && authority.first != UInt8(ascii: ":")
        && rest.allSatisfy { (0x21...0x7E).contains($0) && !"\"<>\\^`{|}'".utf8.contains($0) }
}

private func isLoopbackIPv4(_ host: String) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.first == "127" && parts.allSatisfy { UInt8($0) != nil }
}
