import Cryptography
import Glibc
import HTTPClient
import JSON
import MatrixCore
import TestSupport

/// A real homeserver: Synapse on a free loopback port, its SQLite database in a folder that goes with the test run.
///
/// It takes about four seconds to start, so tests share one, by `Synapse.shared()`, and keep apart by accounts and rooms
/// of their own.
final class Synapse: Sendable {
    let serverName: String
    let port: UInt16
    let http: HTTPClient
    let options: SynapseOptions
    let folder: String
    private let secret: String
    private let process: ChildProcess

    struct NotStarted: Error, CustomStringConvertible {
        let ending: ChildProcess.Ending
        let log: String
        var description: String { "Synapse did not start: \(ending)\n\(log)" }
    }

    var url: String { "http://127.0.0.1:\(port)" }
    var log: String { folder + "/synapse.log" }
    /// SIGSTOP and SIGCONT may be sent by it; a shared server must run again when the test ends.
    var pid: Int32? { process.pid }

    /// The homeserver that all tests with these options share; started by the first that asks, ended with the run.
    static func shared(_ options: SynapseOptions = SynapseOptions()) async throws -> Synapse {
        try await SharedHomeservers.instance.homeserver(options)
    }

    /// Starts one for a single test, which must `stop()` it.
    static func start(_ options: SynapseOptions = SynapseOptions()) async throws -> Synapse {
        let python = try Installation.synapsePython()
        let port = try LoopbackSocket.freePort()
        let synapse = try await Synapse(options, port: port, folder: Scratch.folder("synapse"), python: python)
        try await synapse.waitUntilHealthy()
        return synapse
    }

    private init(_ options: SynapseOptions, port: UInt16, folder: String, python: String) async throws {
        self.options = options
        self.port = port
        self.folder = folder
        serverName = "synapse.test"
        secret = uniqueSuffix() + uniqueSuffix()
        http = try HTTPClient()
        let file = folder + "/homeserver.yaml"
        try writeFile(
            options.configuration(serverName: serverName, port: port, secret: secret, folder: folder),
            to: file
        )
        try writeFile(SynapseOptions.logConfiguration, to: folder + "/log.yaml")
        try writeFile("ed25519 tests \(String(repeating: "A", count: 43))\n", to: folder + "/signing.key")
        process = try await ChildProcess(
            python,
            ["-m", "synapse.app.homeserver", "--config-path", file],
            log: folder + "/synapse.log"
        )
    }

    func stop() {
        process.send(SIGKILL)
    }

    private func waitUntilHealthy() async throws {
        try await polling(atMost: .seconds(180), "Synapse's start") { [self] in
            if let ending = process.endingSoFar { throw NotStarted(ending: ending, log: tail(of: log)) }
            let answer = try? await http.execute(HTTPRequest(.get, url + "/health", timeout: .seconds(5)))
            return answer?.status == 200 ? () : nil
        }
    }
}

extension Synapse {
    /// Makes an account of the homeserver, whose name begins with `role` and is used by no other test.
    func register(_ role: String = "user", isAdmin: Bool = false) async throws -> TestClient {
        try await register(localpart: role + "-" + uniqueSuffix(), isAdmin: isAdmin)
    }

    /// Makes an account of exactly this name.
    ///
    /// - Source: Synapse's documentation, "Registering users" (`/_synapse/admin/v1/register`).
    func register(
        localpart: String,
        password: String = "correct horse",
        isAdmin: Bool = false
    ) async throws
        -> TestClient
    {
        let exchange = MatrixExchange(baseURL: url, http: http, accessToken: nil)
        let path = MatrixPath.admin("v1", "register")
        let nonce = try await exchange.call(.get, path).text("nonce")
        let fields = [nonce, localpart, password, isAdmin ? "admin" : "notadmin"]
        let signed = Array(fields.joined(separator: "\0").utf8)
        let mac = try Digest.hmacSHA1(key: Array(secret.utf8), signed.span)
        let answer = try await exchange.call(
            .post,
            path,
            [
                "nonce": .string(nonce), "username": .string(localpart), "password": .string(password),
                "admin": .boolean(isAdmin), "mac": .string(hexadecimal(mac)),
            ]
        )
        return try TestClient(answer, password: password, of: self)
    }

    /// Registers several accounts at once.
    func register(_ role: String, count: Int) async throws -> [TestClient] {
        try await concurrently(0..<count) { _ in try await self.register(role) }
    }

    /// Logs in to an account for another device and token.
    func logIn(_ account: TestClient) async throws -> TestClient {
        let exchange = MatrixExchange(baseURL: url, http: http, accessToken: nil)
        let answer = try await exchange.call(
            .post,
            .client("login"),
            [
                "type": "m.login.password", "password": .string(account.password),
                "identifier": ["type": "m.id.user", "user": .string(account.userID.rawValue)],
            ]
        )
        return try TestClient(answer, password: account.password, of: self)
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// The homeservers that tests share, one for each set of options.
private actor SharedHomeservers {
    static let instance = SharedHomeservers()
    private var started: [SynapseOptions: Task<Synapse, any Error>] = [:]

    func homeserver(_ options: SynapseOptions) async throws -> Synapse {
        let start = started[options] ?? Task { try await Synapse.start(options) }
        started[options] = start
        do { return try await start.value } catch {
            // The next test tries again.
            if started[options] == start { started[options] = nil }
            throw error
        }
    }
}
