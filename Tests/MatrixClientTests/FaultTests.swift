import Foundation
import HTTPClient
import MatrixClient
import MatrixCore
import Moderation
import Observability
import Protections
import Testing
import TestSupport

private let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

/// What happens when no whole answer comes.
@Suite(.timeLimit(.minutes(1))) struct FaultTests {
    private func error(
        limits: RequestLimits = RequestLimits(),
        after script: @escaping @Sendable (LoopbackSocket) -> Void
    ) async throws -> HomeserverError? {
        let fixture = try Fixture(limits: limits) { _, socket in
            script(socket)
            return false
        }
        defer { fixture.server.stop() }
        let room = try room()
        let error = await failure { try await fixture.client.perform(.leave(room), transaction: "t") }
        #expect(!"\(error, default: "none")".contains(token))
        // Nothing here retries.
        #expect(fixture.requests.count == 1)
        return error
    }

    @Test(arguments: [
        "", "HTTP/1.1 2", "\(head)Content-Length: 100\r\n\r\n{\"half\":",
        "\(head)Transfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n",
    ])
    func `a connection lost before the end leaves the outcome unknown`(_ answer: String) async throws {
        let error = try await error { $0.send(Array(answer.utf8)) }
        #expect(error?.metricLabel == "unknown_outcome")
    }

    @Test(arguments: ["", "\(head)Content-Length: 100\r\n\r\n{\"half\":"])
    func `silence leaves the outcome unknown`(_ answer: String) async throws {
        var limits = RequestLimits()
        limits.ordinaryTime = .seconds(2)
        let error = try await error(limits: limits) { socket in
            socket.send(Array(answer.utf8))
            while !socket.receive().isEmpty {}
        }
        #expect(error == .unknownOutcome("no complete response in time"))
    }

    @Test func `a length that is too short is a bad answer`() async throws {
        let error = try await error { $0.send(Array("\(head)Content-Length: 1\r\n\r\n{}".utf8)) }
        #expect(error?.metricLabel == "bad_answer")
    }

    @Test(arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "\(head)Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"])
    func `what is not HTTP, or not gzip, is a bad answer`(_ answer: String) async throws {
        let error = try await error { $0.send(Array(answer.utf8)) }
        #expect(error?.metricLabel == "bad_answer")
    }

    @Test func `an answer over the limit is too large`() async throws {
        var limits = RequestLimits()
        limits.ordinarySize = 1_000
        let error = try await error(limits: limits) { socket in
            socket.send(Array("\(head)\r\n".utf8))
            socket.send([UInt8](repeating: 0x20, count: 1_001))
        }
        #expect(error == .tooLarge(limit: 1_000))
    }

    @Test func `syncs and states may be larger than the rest`() async throws {
        var limits = RequestLimits()
        limits.ordinarySize = 100
        limits.largeSize = 1_000
        let blank = String(repeating: " ", count: 500)
        let fixture = try Fixture(limits: limits) { request, socket in
            let isState = request.path.hasSuffix("/state")
            socket.send(Answer(isState ? "[\(blank)]" : "{\(blank)}").bytes)
            return true
        }
        defer { fixture.server.stop() }
        let (client, room) = (fixture.client, try room())
        let sync = SyncRequest(since: nil, timeout: .zero)
        #expect(await failure { try await client.sync(sync) } == nil)
        #expect(await failure { try await client.state(of: room) } == nil)
        let messages = await failure { try await client.messages(in: room, from: "a", to: nil, limit: 1) }
        #expect(messages == .tooLarge(limit: 100))
    }

    @Test(
        arguments: [
            (SyncRequest(since: "s", timeout: .seconds(1)), true),
            (SyncRequest(since: nil, timeout: .milliseconds(50)), false),
            (SyncRequest(since: "s", timeout: .zero), false),
        ]
    )
    func `a sync that waits gets a margin, one that catches up gets long`(
        _ sync: SyncRequest,
        isShort: Bool
    ) async throws {
        var limits = RequestLimits()
        limits.ordinaryTime = .milliseconds(1)
        limits.pollMargin = isShort ? .milliseconds(50) : .seconds(50)
        limits.catchUpTime = isShort ? .seconds(50) : .milliseconds(50)
        let fixture = try Fixture(limits: limits) { _, socket in
            while !socket.receive().isEmpty {}
            return false
        }
        defer { fixture.server.stop() }
        let error = await failure { try await fixture.client.sync(sync) }
        #expect(error == .unknownOutcome("no complete response in time"))
    }

    @Test(arguments: ["http://127.0.0.1:1", "http://no-such-host.invalid", "ftp://a.org", "nonsense", ""])
    func `a server that is not there was not reached`(_ homeserver: String) async throws {
        let client = MatrixClient(
            homeserver: homeserver,
            session: .fixed(Secret(token)),
            version: "1",
            http: try HTTPClient()
        )
        let error = await failure { try await client.identity() }
        #expect(error?.metricLabel == "unreachable")
        #expect(!"\(error, default: "none")".contains(token))
    }

    @Test func `a handshake that fails did not reach the server`() async throws {
        let (listener, port) = try LoopbackSocket.listening()
        defer { listener.shutDown() }
        Thread.detachNewThread {
            while let socket = listener.accepted() { socket.close() }
            listener.close()
        }
        let client = MatrixClient(
            homeserver: "https://127.0.0.1:\(port)",
            session: .fixed(Secret(token)),
            version: "1",
            http: try HTTPClient()
        )
        #expect(await failure { try await client.identity() }?.metricLabel == "unreachable")
    }

    @Test func `a connection that is never made did not reach the server`() async throws {
        let (listener, port) = try LoopbackSocket.listening(backlog: 0)
        let waiting = try (0..<4).map { _ in try LoopbackSocket.connecting(to: port) }
        defer { (waiting + [listener]).forEach { $0.close() } }
        var configuration = HTTPClient.Configuration()
        configuration.connectTimeout = .milliseconds(200)
        let client = MatrixClient(
            homeserver: "http://127.0.0.1:\(port)",
            session: .fixed(Secret(token)),
            version: "1",
            http: try HTTPClient(configuration: configuration)
        )
        #expect(await failure { try await client.identity() }?.metricLabel == "unreachable")
    }

    @Test func `a cancelled request ends as cancelled`() async throws {
        let (begun, begin) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let fixture = try Fixture { _, socket in
            begin.yield()
            while !socket.receive().isEmpty {}
            return false
        }
        defer { fixture.server.stop() }
        let client = fixture.client
        let request = SyncRequest(since: "s", timeout: .seconds(30))
        let task = Task { await failure { try await client.sync(request) } }
        for await _ in begun.prefix(1) {}
        task.cancel()
        #expect(await task.value == .cancelled)
    }
}
