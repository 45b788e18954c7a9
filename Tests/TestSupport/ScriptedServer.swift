import Foundation
import Synchronization

/// A server on a loopback port that plays its script after each request, connection by connection.
package final class ScriptedServer: Sendable {
    package let port: UInt16
    private let listener: LoopbackSocket
    private let received = Mutex<[SentRequest]>([])

    /// All requests so far, in the order in which they were whole.
    package var requests: [SentRequest] { received.withLock { $0 } }

    /// The script gets each request and the connection it came on, which is closed unless the script returns true.
    package init(_ script: @escaping @Sendable (SentRequest, LoopbackSocket) -> Bool) throws {
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

    package func stop() {
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
package struct Answer: Sendable {
    package var status = 200
    package var headers: [String] = ["Content-Type: application/json"]
    package var body: String
    /// In place of `body`, where it is no text.
    package var rawBody: [UInt8]?

    package init(_ body: String, status: Int = 200, headers: [String] = []) {
        self.body = body
        self.status = status
        self.headers += headers
    }

    package var bytes: [UInt8] {
        let sent = rawBody ?? Array(body.utf8)
        let head = ["HTTP/1.1 \(status) X", "Content-Length: \(sent.count)"] + headers
        return Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + sent
    }
}

extension Answer {
    /// As it was recorded.
    package init(_ recording: Recording) {
        self.init(recording.text, status: recording.status)
        headers = recording.headers.map { "\($0.name): \($0.value)" }
    }
}
