package import MatrixCore
import Patterns

/// From a pattern to those it hits; only users that are present in a protected room count.
extension RoomStates {
    /// The users that a pattern of a user rule hits, each once.
    ///
    /// A literal is looked up, `@*:server` goes through the server's users, any other glob is held against every name.
    package func presentUsers(matching pattern: String) -> [UserID] {
        users(matching: pattern) { presence[Int($0)] > 0 }
    }

    /// The same of everyone that any tracked room says something of.
    package func users(matching pattern: String) -> [UserID] { users(matching: pattern) { _ in true } }

    private func users(matching pattern: String, where isWanted: (UInt32) -> Bool) -> [UserID] {
        var found: [UserID] = []
        func take(_ number: UInt32) {
            guard isWanted(number), let user = try? UserID(parsing: users.text(number)) else { return }
            found.append(user)
        }
        if !pattern.utf8.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }) {
            if let number = users.find(pattern.utf8Span.span) { take(number) }
        } else if let server = serverOfWholeServerGlob(pattern) {
            if let number = servers.find(server.utf8Span.span) { forEachUser(of: number, take) }
        } else {
            let glob = Glob(pattern)
            users.forEach { number, name in
                if isWanted(number), glob.matches(name) { take(number) }
            }
        }
        return found
    }

    /// The servers of present users that a server rule hits, by the name with and without its port.
    package func presentServers(matching pattern: String) -> [(server: ServerName, users: Int)] {
        let glob = Glob(pattern, foldsASCIICase: true)
        return presentServers.filter { glob.matches($0.server.rawValue) || glob.matches($0.server.host) }
    }

    /// Every server that has present users, with their number.
    package var presentServers: [(server: ServerName, users: Int)] {
        var found: [(ServerName, Int)] = []
        servers.forEach { number, _ in
            var count = 0
            var first: UserID?
            forEachUser(of: number) { user in
                guard presence[Int(user)] > 0 else { return }
                count += 1
                if first == nil { first = try? UserID(parsing: users.text(user)) }
            }
            if let first { found.append((first.server, count)) }
        }
        return found
    }

    /// Calls `visit` with the bytes of every user who is present in a protected room, and of their server.
    package func forEachPresentUser(_ visit: (_ user: Span<UInt8>, _ server: Span<UInt8>) -> Void) {
        users.forEach { number, name in
            guard presence[Int(number)] > 0 else { return }
            servers.withName(serverOfUser[Int(number)]) { visit(name, $0) }
        }
    }

    private func forEachUser(of server: UInt32, _ visit: (UInt32) -> Void) {
        var next = firstOfServer[Int(server)]
        while next != 0 {
            visit(next - 1)
            next = nextOfServer[Int(next - 1)]
        }
    }

    private func serverOfWholeServerGlob(_ pattern: String) -> String? {
        guard pattern.utf8.starts(with: "@*:".utf8) else { return nil }
        let server = pattern.utf8.dropFirst(3)
        guard !server.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: ":") })
        else { return nil }
        return String(Substring(server))
    }
}
