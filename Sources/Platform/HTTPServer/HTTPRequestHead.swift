/// What is known about a request before its body is read.
package struct HTTPRequestHead: Sendable {
    package let method: String
    /// Path and query exactly as sent; percent-escapes are left alone.
    package let target: String
    package let headers: HTTPHeaders
    /// Numeric address of the other end of the socket: behind a proxy, the proxy's.
    package let peer: String

    package init(method: String, target: String, headers: HTTPHeaders = [:], peer: String = "") {
        self.method = method
        self.target = target
        self.headers = headers
        self.peer = peer
    }

    var isHead: Bool { method == "HEAD" }

    package var path: Substring {
        let end = target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
        return target[..<end]
    }

    package var query: Substring { target[path.endIndex...].dropFirst() }
}
