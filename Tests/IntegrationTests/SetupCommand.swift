import Observability
import FoundationEssentials
import Glibc
import JSON
import MatrixCore
import Moderation

/// The built program, run from a folder of its own to its end, as an operator runs it.
struct SetupCommand: Sendable {
    let homeserver: Synapse
    /// Where it is started; what setup makes goes below.
    let folder: String
    let program: String
    /// Where it is told that the homeserver is: itself, or a proxy before it.
    var url: String

    struct Outcome: Sendable {
        let status: Int32
        let output: String
        let errors: String

        /// Standard output, where it is one JSON object.
        var json: JSONValue? { try? JSONValue(parsing: Array(output.utf8).span) }
    }

    init(_ homeserver: Synapse, at url: String) throws {
        try self.init(homeserver)
        self.url = url
    }

    init(_ homeserver: Synapse, through proxy: FaultyProxy? = nil) throws {
        self.homeserver = homeserver
        folder = try Scratch.folder("setup")
        program = try Installation.draupnir()
        url = proxy?.url ?? homeserver.url
    }

    /// Where the bot's files go, unless a test says otherwise.
    var directory: String { folder + "/draupnir" }
    var homeserverConfig: String { homeserver.folder + "/homeserver.yaml" }

    func start(_ arguments: [String], name: String, variables: String = "") async throws -> ChildProcess {
        let run = "exec env \(variables) \"$0\" \"$@\""
        let script = "cd '\(folder)' && \(run) > '\(folder)/\(name).out' 2> '\(folder)/\(name).err'"
        return try await ChildProcess("sh", ["-c", script, program] + arguments, log: folder + "/shell.log")
    }

    func run(
        _ arguments: [String],
        variables: String = "",
        within limit: Duration = .seconds(120)
    ) async throws -> Outcome {
        let name = "run-" + uniqueSuffix()
        let process = try await start(arguments, name: name, variables: variables)
        let ending = try await process.end(within: limit)
        guard case .exited(let status) = ending else {
            return Outcome(status: -1, output: read(name + ".out"), errors: read(name + ".err"))
        }
        return Outcome(status: status, output: read(name + ".out"), errors: read(name + ".err"))
    }

    /// `setup`, never asking, with what every run needs.
    func setUp(_ arguments: [String]) async throws -> Outcome { try await run(usual + arguments) }

    var usual: [String] { ["setup", "--non-interactive", "--homeserver", url, "--directory", directory] }

    /// A file of this name in the folder, open to nobody else.
    func secretFile(_ name: String, _ text: String) throws -> String {
        try writeFile(text + "\n", to: folder + "/" + name, isSecret: true)
        return folder + "/" + name
    }

    func read(_ name: String) -> String {
        let data = try? Data(contentsOf: URL(filePath: name.hasPrefix("/") ? name : folder + "/" + name))
        return data.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// The permissions of a file, such as 0o600.
    func mode(_ path: String) -> Int {
        var state = stat()
        return unsafe stat(path, &state) == 0 ? Int(state.st_mode & 0o777) : -1
    }

    /// What the bot would start with: the token that setup has kept, or what it was renewed to.
    var credential: Credential? {
        guard let kept = Credential(fileText: read(directory + "/secrets/access-token")) else { return nil }
        let session = SavedSession(fileText: read(directory + "/storage/session"))
        return session?.credential(from: SessionOrigin(of: kept.token)) ?? kept
    }

    /// What the bot's account can see, by the token that setup has kept.
    func bot() async throws -> TestClient {
        let token = credential?.token.reveal() ?? ""
        let exchange = MatrixExchange(baseURL: homeserver.url, http: homeserver.http, accessToken: token)
        let user = try await exchange.call(.get, .client("account", "whoami")).text("user_id")
        let answer: JSONValue = ["user_id": .string(user), "access_token": .string(token)]
        return try TestClient(answer, password: "", of: homeserver)
    }

    /// Accepts the one invitation that is to the management room; the list's comes with it.
    func joinManagementRoom(_ room: String, as manager: TestClient, of bot: TestClient) async throws -> ManagementRoom {
        let feed = try await manager.follow()
        let room = try RoomID(parsing: room)
        try await manager.join(room)
        return ManagementRoom(moderator: manager, bot: bot.userID, room: room, feed: feed)
    }
}
