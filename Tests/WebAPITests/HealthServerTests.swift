import Glibc
import HTTPClient
import Lifecycle
import Moderation
import Observability
import Testing
import WebAPI

@Suite(.timeLimit(.minutes(1))) struct HealthServerTests {
    private let health = HealthState()
    private let metrics = MetricsRegistry()
    private let client: HTTPClient

    init() throws {
        client = try HTTPClient()
    }

    private func settings(_ address: String = "127.0.0.1", port: UInt16 = 0) -> BotSettings.Health {
        var settings = BotSettings.Health()
        settings.address = address
        settings.port = port
        return settings
    }

    private func server(_ settings: BotSettings.Health) throws(ListenError) -> HealthServer {
        try HealthServer(settings, health: health, metrics: metrics, log: Log("health", sink: Discarding()))
    }

    /// Runs the server while `body` asks it.
    private func serve(_ settings: BotSettings.Health, _ body: (UInt16) async throws -> Void) async throws {
        let server = try server(settings)
        let shutdown = ShutdownRequest()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run(until: shutdown) }
            defer { shutdown.make() }
            try await body(server.port)
            shutdown.make()
            try await group.next()
        }
    }

    private func ask(_ method: HTTPRequest.Method, _ url: String, body: [UInt8]? = nil) async throws -> Answer {
        let response = try await client.execute(HTTPRequest(method, url, body: body))
        return Answer(response.status, response.body.text)
    }

    struct Answer: Equatable {
        let status: Int
        let text: String
        init(_ status: Int, _ text: String) { (self.status, self.text) = (status, text) }
    }

    @Test(arguments: [
        (HTTPRequest.Method.get, "/healthz"), (.get, "/"), (.get, "/anything/at%20all?x=1"), (.post, "/healthz"),
        (.put, "/metrics"), (.delete, "/x"), (.post, "/metrics"), (.get, "/metrics/"),
    ])
    func `every path and method tells the bot's health`(method: HTTPRequest.Method, path: String) async throws {
        try await serve(settings()) { port in
            let body: [UInt8]? = method == .get ? nil : Array("{}".utf8)
            let before = try await ask(method, "http://127.0.0.1:\(port)\(path)", body: body)
            health.enter(.enforcing)
            let after = try await ask(method, "http://127.0.0.1:\(port)\(path)", body: body)
            #expect(before == Answer(418, "health code: 418"))
            #expect(after == Answer(200, "health code: 200"))
        }
    }

    @Test func `the codes are those of the settings`() async throws {
        var settings = settings()
        (settings.healthyStatus, settings.unhealthyStatus) = (299, 503)
        try await serve(settings) { port in
            let url = "http://127.0.0.1:\(port)/"
            var answers: [Answer] = []
            for stage in [HealthState.Stage.starting, .enforcing, .degraded(reason: "no power"), .enforcing, .stopping]
            {
                health.enter(stage)
                answers.append(try await ask(.get, url))
            }
            let (good, bad) = (Answer(299, "health code: 299"), Answer(503, "health code: 503"))
            #expect(answers == [bad, good, bad, good, bad])
        }
    }

    @Test func `a warning stands below the code, and changes nothing of it`() async throws {
        health.enter(.enforcing)
        try await serve(settings()) { port in
            let url = "http://127.0.0.1:\(port)/healthz"
            health.warn("My access token ends in 5 min.")
            let warned = try await ask(.get, url)
            health.warn(nil)
            let calm = try await ask(.get, url)
            #expect(warned == Answer(200, "health code: 200\nwarning: My access token ends in 5 min."))
            #expect(calm == Answer(200, "health code: 200"))
        }
    }

    @Test func `HEAD tells the code alone`() async throws {
        try await serve(settings()) { port in
            let answer = try await ask(.head, "http://127.0.0.1:\(port)/")
            #expect(answer == Answer(418, ""))
        }
    }

    @Test func `metrics are at a path of their own`() async throws {
        metrics.counter("bans_total", "Bans.").add(7)
        try await serve(settings()) { port in
            let response = try await client.execute(HTTPRequest(.get, "http://127.0.0.1:\(port)/metrics?x=1"))
            #expect(response.status == 200)
            #expect(response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(response.body.text == "# HELP bans_total Bans.\n# TYPE bans_total counter\nbans_total 7\n")
        }
    }

    @Test func `localhost is this machine`() async throws {
        try await serve(settings("localhost")) { port in
            let answer = try await ask(.get, "http://127.0.0.1:\(port)/")
            #expect(answer.status == 418)
        }
    }

    @Test func `a monitor that comes before the server runs is answered when it does`() async throws {
        let server = try server(settings())
        let shutdown = ShutdownRequest()
        async let early = ask(.get, "http://127.0.0.1:\(server.port)/")
        async let running: Void = server.run(until: shutdown)
        #expect(try await early.status == 418)
        shutdown.make()
        try await running
    }

    @Test func `a port in use names the key to change`() throws {
        let first = try server(settings())
        let place = ListenPlace(address: "127.0.0.1", port: first.port, section: "health.healthz")
        #expect(throws: ListenError.portInUse(place)) { try server(settings(port: first.port)) }
        #expect(
            ListenError.portInUse(place).message
                == "Another program listens on port \(first.port) already. Change health.healthz.port, or stop the other"
                + " program."
        )
    }

    @Test(arguments: ["bot.example.org", "127.0.0.1:80", "", "Localhost"])
    func `a name is refused`(address: String) {
        let place = ListenPlace(address: address, port: 0, section: "health.healthz")
        #expect(throws: ListenError.addressIsAName(place)) { try server(settings(address)) }
    }

    @Test func `an address of another machine is refused`() {
        let place = ListenPlace(address: "192.0.2.1", port: 0, section: "health.healthz")
        #expect(throws: ListenError.addressIsNotHere(place)) { try server(settings("192.0.2.1")) }
        #expect(ListenError.addressIsNotHere(place).message.contains("health.healthz.address"))
    }

    @Test func `a hostile address is shown harmlessly`() {
        let place = ListenPlace(address: "a\n\u{1B}[31m", port: 1, section: "web")
        #expect(
            ListenError.addressIsAName(place).message.hasPrefix(
                #"The address a\n\u{1B}[31m is a name. Change web.address"#
            )
        )
    }
}

private struct Discarding: LogSink {
    func write(_ record: LogRecord) {}
}
