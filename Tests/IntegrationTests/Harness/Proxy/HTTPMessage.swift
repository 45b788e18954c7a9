import TestSupport

/// One HTTP/1.1 message as it came over the wire.
struct HTTPMessage {
    let head: [UInt8]
    /// Chunks with their framing, where the message has chunks.
    let body: [UInt8]

    /// The words of the first line: method and target, or version and status.
    var startLine: [Substring] {
        String(decoding: head, as: UTF8.self).prefix { !$0.isNewline }.split(separator: " ")
    }
}

/// Cuts what a socket receives into messages.
struct HTTPMessageReader {
    let socket: LoopbackSocket
    /// Returns before each read: whether to go on.
    var mayRead: () -> Bool = { true }
    private var received: [UInt8] = []

    init(_ socket: LoopbackSocket) {
        self.socket = socket
    }

    /// Nil when the peer closes before a message is complete.
    mutating func next() -> HTTPMessage? {
        guard let end = endOfHead() else { return nil }
        let head = Array(received[..<end])
        received.removeFirst(end)
        guard let size = bodySize(head), fill(size) else { return nil }
        defer { received.removeFirst(size) }
        return HTTPMessage(head: head, body: Array(received[..<size]))
    }

    private mutating func endOfHead() -> Int? {
        var searched = 0
        while true {
            if let start = position(of: Array("\r\n\r\n".utf8), from: searched) { return start + 4 }
            searched = max(0, received.count - 3)
            guard receive() else { return nil }
        }
    }

    private mutating func bodySize(_ head: [UInt8]) -> Int? {
        let lines = String(decoding: head, as: UTF8.self).lowercased().split(whereSeparator: \.isNewline)
        let fields = lines.dropFirst().map { $0.split(separator: ":", maxSplits: 1).map { $0.filter { $0 != " " } } }
        func value(_ name: String) -> String? { fields.first { $0.first == name }?.last }
        if value("transfer-encoding") == "chunked" { return endOfChunks() }
        return value("content-length").map { Int($0) } ?? 0
    }

    /// Where the last chunk's empty line ends, counted from the body's beginning.
    private mutating func endOfChunks() -> Int? {
        var offset = 0
        while true {
            guard let lineEnd = position(of: Array("\r\n".utf8), from: offset) else {
                guard receive() else { return nil }
                continue
            }
            let digits = received[offset..<lineEnd].prefix { $0 != UInt8(ascii: ";") }
            guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16) else { return nil }
            offset = lineEnd + 2 + size + 2
            guard fill(offset) else { return nil }
            if size == 0 { return offset }
        }
    }

    private mutating func fill(_ count: Int) -> Bool {
        while received.count < count {
            guard receive() else { return false }
        }
        return true
    }

    private mutating func receive() -> Bool {
        guard mayRead() else { return false }
        let bytes = socket.receive()
        received += bytes
        return !bytes.isEmpty
    }

    private func position(of pattern: [UInt8], from start: Int) -> Int? {
        guard received.count - start >= pattern.count else { return nil }
        return (start...received.count - pattern.count).first { received[$0...].starts(with: pattern) }
    }
}
