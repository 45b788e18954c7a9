import HTTPClient
import HTTPServer
import Lifecycle

/// Small requests to a server in the same process: what the client itself costs.
func measureRequests(_ report: Report) async throws {
    let server = try HTTPServer(host: "127.0.0.1", port: 0, handler: HTTPHandler { _ in .json("{}") })
    let shutdown = ShutdownRequest()
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run(until: shutdown.wait) }
        defer { shutdown.make() }
        let client = try HTTPClient()
        let url = "http://127.0.0.1:\(server.port)/"
        let post = HTTPClient::HTTPRequest(.post, url, body: Array(#"{"user_id":"@a:b.org","reason":"spam"}"#.utf8))
        let get = HTTPClient::HTTPRequest(.get, url)
        var times = (post: Duration.seconds(60), get: Duration.seconds(60))
        for _ in 0..<5 {
            times.post = min(times.post, try await time(of: post, by: client))
            times.get = min(times.get, try await time(of: get, by: client))
        }
        report.line("a small POST, and its answer", text(times.post), beside: "a small GET \(text(times.get))")
        await client.shutDown()
        shutdown.make()
        try await group.next()
    }
}

/// Of one of a thousand, one after the other.
private func time(of request: HTTPClient::HTTPRequest, by client: HTTPClient) async throws -> Duration {
    let start = processorTime()
    for _ in 0..<1_000 { _ = try await client.execute(request) }
    return (processorTime() - start) / 1_000
}
