import MatrixClient
import MatrixCore
import Moderation
import Protections
import TestSupport
import Testing

private let html = "<html><body>nginx</body></html>"
private func matrix(_ code: String, _ message: String = "told", rest: String = "") -> String {
    #"{"errcode":"\#(code)","error":"\#(message)"\#(rest)}"#
}
private let notMatrix = "without a Matrix error: not from the homeserver itself"

/// Whole answers that are no success.
@Suite(.timeLimit(.minutes(1))) struct RefusalTests {
    private func error(_ answer: Answer) async throws -> HomeserverError? {
        let fixture = try Fixture(answer: answer)
        defer { fixture.server.stop() }
        let room = try room()
        return await failure { try await fixture.client.perform(.leave(room), transaction: "t") }
    }

    @Test(
        arguments: [
            (403, matrix("M_FORBIDDEN"), .refused(status: 403, code: "M_FORBIDDEN", message: "told")),
            (400, #"{"errcode":"M_BAD_STATE"}"#, .refused(status: 400, code: "M_BAD_STATE", message: "")),
            (404, matrix("M_NOT_FOUND"), .refused(status: 404, code: "M_NOT_FOUND", message: "told")),
            (401, matrix("M_UNKNOWN_TOKEN"), .tokenRejected(message: "told")),
            (401, matrix("M_MISSING_TOKEN"), .tokenRejected(message: "told")),
            (401, matrix("M_FORBIDDEN"), .refused(status: 401, code: "M_FORBIDDEN", message: "told")),
            (403, matrix("M_UNKNOWN_TOKEN"), .refused(status: 403, code: "M_UNKNOWN_TOKEN", message: "told")),
            (500, matrix("M_UNKNOWN"), .serverTrouble(status: 500, message: "told")),
            (500, #"{"Err":""}"#, .unexplained(status: 500, message: "")),
            (500, #"{"Err":7}"#, .serverTrouble(status: 500, message: "no Matrix error in it")),
            (500, #"{"message":"no upstream"}"#, .serverTrouble(status: 500, message: "no Matrix error in it")),
            (502, #"{"Err":""}"#, .serverTrouble(status: 502, message: "no Matrix error in it")),
            (502, html, .serverTrouble(status: 502, message: "no Matrix error in it")),
            (503, "", .serverTrouble(status: 503, message: "no Matrix error in it")),
            (504, html, .serverTrouble(status: 504, message: "no Matrix error in it")),
            (403, html, .badAnswer("status 403 \(notMatrix)")),
            (401, html, .badAnswer("status 401 \(notMatrix)")),
            (404, "{}", .badAnswer("status 404 \(notMatrix)")),
            (400, #"{"errcode":7}"#, .badAnswer("status 400 \(notMatrix)")),
            (413, "", .badAnswer("status 413 \(notMatrix)")),
            (302, html, .badAnswer("status 302")),
            (304, "", .badAnswer("status 304")),
        ] as [(Int, String, HomeserverError)]
    )
    func `is told apart by what to do about it`(_ status: Int, _ body: String, error: HomeserverError) async throws {
        #expect(try await self.error(Answer(body, status: status)) == error)
    }

    @Test(
        arguments: [
            ("", ["Retry-After: 7"], .seconds(7)),
            (#","retry_after_ms":2500"#, [], .milliseconds(2_500)),
            (#","retry_after_ms":2500.0"#, [], .milliseconds(2_500)),
            (#","retry_after_ms":2500"#, ["Retry-After: 3"], .milliseconds(2_500)),
            (#","retry_after_ms":2500"#, ["Retry-After: 2"], .seconds(2)),
            (#","retry_after_ms":2500"#, ["Retry-After: 4"], .seconds(4)),
            (#","retry_after_ms":3000"#, ["Retry-After: 3"], .seconds(3)),
            (#","retry_after_ms":2500"#, ["Retry-After: Fri, 31 Dec 2027 23:59:59 GMT"], .milliseconds(2_500)),
            ("", ["Retry-After: Fri, 31 Dec 2027 23:59:59 GMT"], .seconds(5)),
            ("", [], .seconds(5)),
            (#","retry_after_ms":"soon""#, [], .seconds(5)),
            (#","retry_after_ms":-1"#, [], .zero),
            ("", ["Retry-After: 100000"], .seconds(300)),
            (#","retry_after_ms":9223372036854775807"#, [], .seconds(300)),
            ("", ["Retry-After: 9223372036854775807"], .seconds(300)),
        ] as [(String, [String], Duration)]
    )
    func `429 says how long to wait`(_ rest: String, _ headers: [String], wait: Duration) async throws {
        let body = matrix("M_LIMIT_EXCEEDED", rest: rest)
        let error = try await error(Answer(body, status: 429, headers: headers))
        #expect(error == .limited(retryAfter: wait))
    }

    @Test func `429 from a proxy counts too`() async throws {
        let error = try await error(Answer(html, status: 429, headers: ["Retry-After: 9"]))
        #expect(error == .limited(retryAfter: .seconds(9)))
    }

    @Test(arguments: [400, 401, 403, 404, 500, 502])
    func `never shows a token that the server echoes`(_ status: Int) async throws {
        let echo = "no \(token) here, \(token.uppercased())"
        let error = try #require(try await error(Answer(matrix(token, echo), status: status)))
        #expect(!"\(error) \(error.moderatorMessage)".lowercased().contains(token.lowercased()))
        #expect("\(error)".contains("no <redacted> here, <redacted>"))
    }

    @Test func `never shows a token that the server echoes in a header`() async throws {
        let error = try #require(try await error(Answer("{}", headers: ["Content-Encoding: \(token)"])))
        // HTTPClient lowercases it.
        #expect(error == .badAnswer("content encoding \"<redacted>\" is not gzip"))
    }

    @Test func `cuts a message that is too long for a log`() async throws {
        let long = String(repeating: "x", count: 100_000)
        let error = try await error(Answer(matrix("M_X", long), status: 400))
        #expect(error == .refused(status: 400, code: "M_X", message: String(repeating: "x", count: 500)))
    }
}
