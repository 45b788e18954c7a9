package import JSON

/// A request as it came over the wire.
package struct SentRequest: Sendable {
    package let method: String
    /// Path, escapes as they were sent.
    package let path: String
    /// Query parts with their escapes resolved, in their order.
    package let query: [String]
    package let headers: [String]
    package let body: String

    /// Nil where the text is not yet whole.
    package init?(_ received: [UInt8]) {
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        headers = lines.dropFirst().map(String.init)
        let length = headers.first { $0.lowercased().hasPrefix("content-length: ") }.flatMap { Int($0.dropFirst(16)) }
        guard received.count - end.upperBound >= length ?? 0 else { return nil }
        body = String(decoding: received[end.upperBound...], as: UTF8.self)
        let words = lines[0].split(separator: " ")
        method = String(words[0])
        let target = words[1].split(separator: "?", maxSplits: 1)
        path = String(target[0])
        query = target.count > 1 ? target[1].split(separator: "&").map { unescaped($0) } : []
    }

    package var json: JSONValue? { try? JSONValue(parsing: body.utf8Span.span) }

    /// All that was sent but the `Authorization` line.
    package var visible: String {
        ([method, path] + query + headers.filter { !$0.hasPrefix("Authorization:") } + [body]).joined(separator: "\n")
    }
}

private func unescaped(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
            bytes.append(value)
            rest = rest.dropFirst(2)
        } else {
            bytes.append(byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
