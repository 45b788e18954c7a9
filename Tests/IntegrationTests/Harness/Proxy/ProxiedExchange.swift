import JSON

/// A request that came through the proxy, and what became of it.
struct ProxiedExchange: Sendable {
    let method: String
    /// As sent, with query and percent-escapes.
    let target: String
    let body: [UInt8]
    /// The homeserver's answer, or the refusal made in its place; nil while there is none.
    var status: Int?

    /// Whether the path ends with these segments, of which `*` stands for any one, and the method is this one, if one is
    /// given.
    ///
    /// `rooms/*/state` is the whole state of a room, and no single event of it.
    func matches(_ method: MatrixMethod?, _ pattern: String) -> Bool {
        guard method == nil || self.method == method?.rawValue else { return false }
        let wanted = pattern.split(separator: "/")
        let path = target.prefix { $0 != "?" }.split(separator: "/")
        return path.count >= wanted.count
            && zip(path.suffix(wanted.count), wanted).allSatisfy { $1 == "*" || $0 == $1 }
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The request's body, where it is JSON.
    var content: JSONValue? { try? JSONValue(parsing: body.span) }
}

/// What befalls a request.
enum ProxyFault: Sendable {
    /// The homeserver acts, and the client's connection closes after the first bytes of the answer: its status line,
    /// unless more or fewer are asked for.
    ///
    /// With 0, a `GET` is repeated by the HTTP client itself, if the connection was used before.
    case loseAnswer(after: Int = "HTTP/1.1 200 OK\r\n".utf8.count)
    /// The homeserver never hears of it, and the client's connection closes without a byte.
    ///
    /// A `GET` is repeated by the HTTP client itself if the connection was used before; let two fail to see a failure.
    case loseRequest
    /// The homeserver acts, and its answer waits.
    case holdAnswer(until: Gate)
    case delayAnswer(Duration)
    /// Answered in the homeserver's place, which never hears of it.
    case refuse(status: Int, JSONValue = [:], headers: [String] = [])
}
