import Protections
import Moderation
import FoundationEssentials
import HTTPClient
import MatrixClient
import Setup
import TestSupport
import Testing

/// Every recorded answer of MAS and Dendrite, and what setup tells the operator of it.
///
/// `Tests/Fixtures/told/*.txt` holds the lines; after a change of the wording, run this with `REWRITE_TOLD=1` and read the
/// difference: each line has to say who refused what, and why, to somebody who is tired.
@Suite(.timeLimit(.minutes(2)))
struct RecordedAnswerTests {
    @Test(arguments: ["mas", "dendrite"])
    func `is told in words that an operator understands`(_ folder: String) async throws {
        let recordings = try Recording.all(in: folder)
        let server = try ScriptedServer { request, socket in
            let answer = Int(request.path.dropFirst()).map { Answer(recordings[$0]) }
            socket.send((answer ?? Answer("", status: 500)).bytes)
            return true
        }
        defer { server.stop() }
        let http = try HTTPClient()
        var lines: [String] = []
        for (index, recording) in recordings.enumerated() {
            let request = HTTPRequest(.get, "http://127.0.0.1:\(server.port)/\(index)", timeout: .seconds(60))
            let path = recording.path.prefix { $0 != "?" }
            let exchange = ServerExchange("\(recording.method) \(path)", try await http.execute(request), secrets: [])
            lines.append("\(recording.file) | \(recording.name) | \(recording.status) | \(told(exchange))")
        }
        await http.shutDown()
        try compare(lines, "told/\(folder).txt")
    }

    /// What the bot makes of a refusal, as its journal, its summaries and its replies quote it.
    @Test func `a refusal is told in words that a moderator understands`() async throws {
        var lines: [String] = []
        for folder in ["mas", "dendrite"] {
            for recording in try Recording.all(in: folder)
            where recording.status >= 400 && recording.path.hasPrefix("/_matrix/client/") {
                let fixture = try Fixture { _, socket in
                    socket.send(Answer(recording).bytes)
                    return true
                }
                defer { fixture.server.stop() }
                let error = await failure { try await fixture.client.perform(.leave("!a:b.org"), transaction: "t") }
                let words = error?.moderatorMessage ?? "ok"
                lines.append("\(folder) \(recording.file) | \(recording.name) | \(recording.status) | \(words)")
            }
        }
        try compare(lines, "told/moderator.txt")
    }

    private func compare(_ lines: [String], _ file: String) throws {
        let golden = Recording.fixtures(file)
        let text = lines.joined(separator: "\n") + "\n"
        if ProcessInfo.processInfo.environment["REWRITE_TOLD"] != nil {
            try text.write(toFile: golden, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOfFile: golden, encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(lines.count == expected.count)
        for (line, expected) in zip(lines, expected) { #expect(line == expected) }
    }

    private func told(_ exchange: ServerExchange) -> String {
        do throws(ServerFailure) {
            _ = try exchange.checked()
            return "ok"
        } catch { return error.cause }
    }
}
