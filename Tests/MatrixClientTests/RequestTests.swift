import HTTPClient
import MatrixClient
import MatrixCore
import Moderation
import Observability
import Protections
import TestSupport
import Testing

/// What every request has.
@Suite(.timeLimit(.minutes(1))) struct RequestTests {
    @Test func `the token is in the Authorization header and nowhere else`() async throws {
        for example in try PerformCase.all() {
            let fixture = try Fixture(answer: Answer(example.answer))
            defer { fixture.server.stop() }
            _ = try await fixture.client.perform(example.action, transaction: "t")
            for request in fixture.server.requests {
                #expect(request.headers.filter { $0.hasPrefix("Authorization:") } == ["Authorization: Bearer \(token)"])
                #expect(!request.visible.contains(token))
            }
        }
    }

    @Test func `says what program it is`() async throws {
        let fixture = try Fixture(answer: Answer("{}"))
        defer { fixture.server.stop() }
        _ = try await fixture.client.perform(.leave(room()), transaction: "t")
        #expect(fixture.requests.first?.headers.contains("User-Agent: Draupnir-Swift/1.2.3") == true)
    }

    @Test(arguments: [("", ""), ("/", ""), ("///", ""), ("/hs/", "/hs"), ("/hs", "/hs")])
    func `takes a base URL with or without a slash at its end`(_ suffix: String, prefix: String) async throws {
        let fixture = try Fixture(answer: Answer("{}"), baseSuffix: suffix)
        defer { fixture.server.stop() }
        _ = try await fixture.client.perform(.leave(room()), transaction: "t")
        #expect(fixture.requests.map(\.path) == ["\(prefix)/_matrix/client/v3/rooms/!r%3Aa.org/leave"])
    }

    @Test func `shows no token when it is printed`() throws {
        let client = MatrixClient(
            homeserver: "http://a.org",
            session: .fixed(Secret(token)),
            version: "1",
            http: try HTTPClient()
        )
        var dumped = ""
        dump(client, to: &dumped)
        #expect(!dumped.contains(token))
        #expect(!"\(client) \(String(reflecting: client))".contains(token))
    }

    @Test func `a token with a line break is refused before anything is sent, and not shown`() async throws {
        let client = MatrixClient(
            homeserver: "http://127.0.0.1:1",
            session: .fixed(Secret("\(token)\n")),
            version: "1",
            http: try HTTPClient()
        )
        let error = await failure { try await client.identity() }
        #expect(error == .unreachable("line break or zero byte in the value of Authorization"))
    }
}
