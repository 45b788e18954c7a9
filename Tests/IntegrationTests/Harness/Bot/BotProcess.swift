import Glibc
import HTTPClient
import JSON
import MatrixCore
import TestSupport

/// The program under test as its operators run it: a process with a configuration file and an access token.
///
/// Everything it keeps is in one folder, so that it can be ended, or killed, and started again.
actor BotProcess {
    let account: TestClient
    let folder: String
    /// What the next start finds in the configuration file.
    ///
    /// JSON, which YAML contains.
    var configuration: JSONValue
    private let program: [String]
    private let healthPort: UInt16
    private var process: ChildProcess?

    struct NotReady: Error, CustomStringConvertible {
        let ending: ChildProcess.Ending?
        let log: String
        var description: String { "The bot is not ready: \(ending.map { "\($0)" } ?? "still running")\n\(log)" }
    }

    /// Configures a bot that runs as `account`, makes its management room for `manager`, and talks to the homeserver
    /// itself or through a proxy.
    ///
    /// Not started yet. `program` stands in for the built program, to test this type.
    init(
        _ account: TestClient,
        manager: UserID,
        through proxy: FaultyProxy? = nil,
        program: [String]? = nil
    ) throws {
        self.account = account
        self.program = try program ?? [Installation.draupnir()]
        folder = try Scratch.folder("bot")
        healthPort = try LoopbackSocket.freePort()
        let url = JSONValue.string(proxy?.url ?? account.homeserver.url)
        let health: JSONValue = [
            "enabled": true, "address": "127.0.0.1", "port": .integer(Int64(healthPort)), "endpoint": "/healthz",
        ]
        configuration = [
            "homeserverUrl": url,
            "rawHomeserverUrl": url,
            "initialManager": .string(manager.rawValue),
            "dataPath": .string(folder + "/data"),
            "health": ["healthz": health],
        ]
        try writeFile(account.accessToken + "\n", to: folder + "/token", isSecret: true)
    }

    /// Nil takes the key out of the configuration.
    func configure(_ name: String, _ value: JSONValue?) {
        configuration = configuration.with(name, value)
    }

    /// What it has written on its error output, over all its starts.
    var log: String { tail(of: logFile, lines: .max) }

    var isRunning: Bool { process?.pid != nil }

    private var logFile: String { folder + "/bot.log" }

    /// Starts it and waits until it says that it is healthy.
    func start(within limit: Duration = .seconds(120)) async throws {
        try await launch()
        try await waitUntilHealthy(within: limit)
    }

    /// Starts it, and does not wait.
    func launch() async throws {
        precondition(!isRunning, "the bot runs already")
        let file = folder + "/config.yaml"
        try writeFile(String(decoding: configuration.encoded(), as: UTF8.self), to: file)
        let arguments = ["bot", "--draupnir-config", file, "--access-token-path", folder + "/token"]
        process = try await ChildProcess(
            program.first ?? "",
            Array(program.dropFirst()) + arguments,
            log: logFile
        )
    }

    func waitUntilHealthy(within limit: Duration = .seconds(120)) async throws {
        guard let process else { throw NotReady(ending: nil, log: "never started") }
        let (http, url, log) = (account.homeserver.http, "http://127.0.0.1:\(healthPort)/healthz", logFile)
        do {
            try await polling(atMost: limit, "the bot's health") {
                if let ending = process.endingSoFar { throw NotReady(ending: ending, log: tail(of: log)) }
                let answer = try? await http.execute(HTTPRequest(.get, url, timeout: .seconds(5)))
                return answer?.status == 200 ? () : nil
            }
        } catch is DeadlinePassed {
            throw NotReady(ending: process.endingSoFar, log: tail(of: log))
        }
    }

    /// The status of its health endpoint; nil where nothing answers.
    func health() async -> Int? {
        let request = HTTPRequest(.get, "http://127.0.0.1:\(healthPort)/healthz", timeout: .seconds(5))
        return try? await account.homeserver.http.execute(request).status
    }

    /// Asks it to end, as a service manager does.
    @discardableResult
    func stop(within limit: Duration = .seconds(120)) async throws -> ChildProcess.Ending {
        try await end(by: SIGTERM, within: limit)
    }

    /// Ends it in the middle of whatever it does.
    @discardableResult
    func kill() async throws -> ChildProcess.Ending {
        try await end(by: SIGKILL, within: .seconds(180))
    }

    /// Waits for an end that it comes to by itself.
    func end(within limit: Duration = .seconds(120)) async throws -> ChildProcess.Ending {
        guard let process else { throw NotReady(ending: nil, log: "never started") }
        return try await process.end(within: limit)
    }

    private func end(by signal: Int32, within limit: Duration) async throws -> ChildProcess.Ending {
        process?.send(signal)
        return try await end(within: limit)
    }
}
