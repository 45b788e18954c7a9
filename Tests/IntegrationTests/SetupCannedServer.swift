import Glibc
import TestSupport

/// A web server whose answers a test gives.
final class CannedServer: Sendable {
    let port: UInt16
    private let listener: LoopbackSocket

    var url: String { "http://127.0.0.1:\(port)" }

    /// `answer` gets the target of each request, and gives whole answers, status line and all.
    init(_ answer: @escaping @Sendable (String) -> [UInt8]) throws {
        (listener, port) = try LoopbackSocket.listening()
        startThread { [listener] in
            while let client = listener.accepted() {
                startThread {
                    var reader = HTTPMessageReader(client)
                    while let request = reader.next(), request.startLine.count >= 2 {
                        guard client.send(answer(String(request.startLine[1]))) else { break }
                    }
                    client.close()
                }
            }
            listener.close()
        }
    }

    func stop() { listener.shutDown() }

    static func answer(_ status: Int, _ type: String, _ body: String) -> [UInt8] {
        let head = "HTTP/1.1 \(status) Answer\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        return Array((head + body).utf8)
    }
}
