/// What a log may hold of a request.
package struct HTTPRequestSummary: Sendable, Equatable {
    private static let longestPath = 200

    package let method: String
    /// Without the query, as sent, and cut after 200 bytes.
    package let path: String
    package let peer: String

    init(_ head: HTTPRequestHead) {
        method = String(decoding: head.method.utf8.prefix(32), as: UTF8.self)
        path = String(decoding: head.path.utf8.prefix(Self.longestPath), as: UTF8.self)
        peer = head.peer
    }
}
