import FoundationEssentials
import JSON
import MatrixCore
import Testing

/// Against a stand-in, which reads the configuration that it is given, says that it is healthy, and ends by SIGTERM with
/// code 3.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct BotProcessTests {
    private static let standIn = """
        import http.server, json, os, signal, sys
        configuration = json.load(open(sys.argv[3]))
        token = open(sys.argv[5]).read().strip()
        print(sys.argv[1], configuration["initialManager"], token, len(os.listdir("/proc/self/fd")), file=sys.stderr)
        if configuration.get("fails"): sys.exit("no such thing")
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200 if self.path == "/healthz" else 404)
                self.end_headers()
            def log_message(self, *arguments): pass
        def end(*arguments): os._exit(3)
        signal.signal(signal.SIGTERM, end)
        health = configuration["health"]["healthz"]
        http.server.HTTPServer((health["address"], health["port"]), Handler).serve_forever()
        """

    @Test func `starts, ends on request, starts again and is killed`() async throws {
        let (bot, account) = try await makeBot()
        try await bot.start()
        #expect(await bot.health() == 200)
        #expect(try await bot.stop() == .exited(code: 3))
        #expect(await bot.health() == nil)
        try await bot.start()
        #expect(try await bot.kill() == .killed(signal: 9))
        // Descriptors of a child: three standard ones, and the folder that it reads.
        let line = "bot @manager:synapse.test \(account.accessToken) 4"
        #expect(await bot.log == line + "\n" + line)
    }

    @Test func `finds the built program`() throws {
        #expect(FileManager.default.isExecutableFile(atPath: try Installation.draupnir()))
    }

    @Test func `tells why the bot does not start`() async throws {
        let (bot, _) = try await makeBot()
        await bot.configure("fails", true)
        let failure = await #expect(throws: BotProcess.NotReady.self) { try await bot.start() }
        #expect(failure?.ending == .exited(code: 1))
        #expect(failure?.log.hasSuffix("no such thing") == true)
    }

    private func makeBot() async throws -> (BotProcess, TestClient) {
        let account = try await Synapse.shared().register("bot")
        let manager = try UserID(parsing: "@manager:synapse.test")
        let script = try Scratch.folder("stand-in") + "/bot.py"
        try writeFile(Self.standIn, to: script)
        let bot = try BotProcess(account, manager: manager, program: [Installation.synapsePython(), script])
        return (bot, account)
    }
}
