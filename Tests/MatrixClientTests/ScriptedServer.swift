import Foundation
import Synchronization
import TestSupport

/// A server on a loopback port that plays its script after each request, connection by connection.
final class ScriptedServer: Sendable {
    let port: UInt16
    private let listener: LoopbackSocket
    private let received = Mutex<[SentRequest]>([])

    /// All requests so far, in the order in which they were whole.
    var requests: [SentRequest] { received.withLock { $0 } }

    /// The script gets each request and the connection it came on, which is closed unless the script returns true.
    init(_ script: @escaping @Sendable (SentRequest, LoopbackSocket) -> Bool) throws {
        (listener, port) = try LoopbackSocket.listening()
        Thread.detachNewThread { [self, listener] in
            while let socket = listener.accepted() {
                Thread.detachNewThread { [self] in
                    while let request = nextRequest(on: socket) {
                        guard script(request, socket) else { break }
                    }
                    socket.close()
                }
            }
            // Closed by the one thread that uses it: a number closed elsewhere may be another server's by now.
            listener.close()
        }
    }

    func stop() {
        listener.shutDown()
    }

    private func nextRequest(on socket: LoopbackSocket) -> SentRequest? {
        var bytes: [UInt8] = []
        while true {
            if let request = SentRequest(bytes) {
                received.withLock { $0.append(request) }
                return request
            }
            let more = socket.receive()
            if more.isEmpty { return nil }
            bytes += more
        }
    }
}

/// What a server says to one request.
struct Answer: Sendable {
    var status = 200
    var headers: [String] = ["Content-Type: application/json"]
    var body: String

    init(_ body: String, status: Int = 200, headers: [String] = []) {
        self.body = body
        self.status = status
        self.headers += headers
    }

    var bytes: [UInt8] {
        let head = ["HTTP/1.1 \(status) X", "Content-Length: \(body.utf8.count)"] + headers
        return Array((head.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }
}
