import HTTPClient
import JSON
import MatrixClient
import MatrixCore
import Observability
import Setup
import Synchronization
import TestSupport

/// A homeserver and its authentication service on one port, which give recorded answers to the real adapters.
final class RecordedWorld: Sendable {
    let bench: SetupBench
    private let server: ScriptedServer
    private let http: HTTPClient

    var base: String { "http://127.0.0.1:\(server.port)" }
    var requests: [SentRequest] { server.requests }
    var tools: SetupTools { bench.tools(HTTPHomeservers(http: http, version: "1")) }

    /// Answers by method and the beginning of the path, one after the other; the last stays.
    ///
    /// For the token endpoint the grant's kind follows.
    private init(_ changes: [String: [Answer]]) throws {
        bench = SetupBench(ScriptedHomeserver())
        http = try HTTPClient()
        let script = Mutex(try Self.usual.get().merging(changes) { $1 })
        server = try ScriptedServer { request, socket in
            let call = "\(request.method) \(request.path)"
            let kind = ["client_credentials", "device_code", "refresh_token"].first {
                request.path == "/oauth2/token" && request.body.contains($0 + "&") || request.body.hasSuffix($0)
            }
            let wanted = kind.map { "\(call) \($0)" } ?? call
            let answer = script.withLock { script -> Answer? in
                let key = script.keys.filter { wanted.hasPrefix($0) }.max { $0.utf8.count < $1.utf8.count }
                guard let key, let answers = script[key] else { return nil }
                if answers.count > 1 { script[key] = Array(answers.dropFirst()) }
                return answers.first
            }
            var said = answer ?? Answer(#"{"errcode":"M_UNRECOGNIZED","error":"Unrecognized request"}"#, status: 404)
            let host = request.headers.first { $0.hasPrefix("Host: ") }?.dropFirst(6) ?? ""
            said.body = said.body.replacing("https://auth.example.org/", with: "http://\(host)/")
            if said.body == Self.echo { said.body = Self.refusal(telling: request) }
            socket.send(said.bytes)
            return true
        }
    }

    static func with<Result>(
        _ changes: [String: [Answer]] = [:],
        _ body: (RecordedWorld) async throws -> Result
    ) async throws -> Result {
        let world = try RecordedWorld(changes)
        defer { world.server.stop() }
        let result = try await body(world)
        await world.http.shutDown()
        return result
    }

    /// Stands for a refusal that tells all that it was sent.
    static let echo = "ECHO"

    private static func refusal(telling request: SentRequest) -> String {
        let text = (request.headers.filter { $0.hasPrefix("Authorization:") } + [request.body]).joined(separator: " ")
        let json: JSONValue = ["error": "invalid_request", "error_description": .string(text)]
        return String(decoding: json.encoded(), as: UTF8.self)
    }

    static func recorded(_ file: String, _ name: String) throws -> Answer {
        Answer(try Recording.named(name, in: "mas", file + ".json"))
    }

    /// What every command of `mas-cli` says, as recorded.
    static func said(_ file: String, _ name: String) throws -> CommandOutput {
        let command = try RecordedCommand.named(name, in: "mas", file + ".json")
        return CommandOutput(
            exitStatus: Int32(command.exitStatus ?? -1),
            standardOutput: command.standardOutput,
            standardError: command.standardError
        )
    }

    /// The service as it is when all goes well, with an account that is not there yet.
    private static let usual = Result { try readUsual() }

    private static func readUsual() throws -> [String: [Answer]] {
        func one(_ file: String, _ name: String) throws -> [Answer] { [try recorded(file, name)] }
        return [
            "GET /_matrix/client/versions": try one("discovery", "versions"),
            "GET /_synapse/admin/v1/server_version": try one("synapse_admin", "server_version"),
            "GET /_matrix/client/v3/login": try one("discovery", "login flows, as clients see them (MAS)"),
            "GET /_matrix/client/v1/auth_metadata": try one("discovery", "auth_metadata (stable, from Synapse)"),
            "GET /_matrix/client/v3/account/whoami": try one("compat_login", "whoami, good token"),
            "POST /_matrix/client/v3/login": try one("compat_login", "right password"),
            "POST /_matrix/client/v3/refresh": try one("compat_login", "refresh"),
            "POST /_matrix/client/v3/logout": try one("compat_login", "logout"),
            "GET /_synapse/admin/v2/users": try one(
                "synapse_admin",
                "list users v2 with guests=false: compat token of a user with can_request_admin"
            ),
            "POST /oauth2/registration": try one(
                "oauth_client_registration",
                "public native client for the device grant"
            ),
            "POST /oauth2/device": try one("oauth_device_grant", "start"),
            "POST /oauth2/token device_code": try one("oauth_device_grant", "poll: granted"),
            "POST /oauth2/token refresh_token": try one("oauth_tokens", "refresh"),
            "POST /oauth2/token client_credentials": try one(
                "oauth_client_credentials",
                "client_credentials with urn:mas:admin, listed client"
            ),
            "POST /oauth2/revoke": try one("oauth_tokens", "revoke a refresh token"),
            "GET /api/admin/v1/users/by-username": try one("admin_api", "get by username: unknown"),
            "POST /api/admin/v1/users": try one("admin_api", "create user"),
            "POST /api/admin/v1/users/": try one("admin_api", "set password"),
            "POST /api/admin/v1/personal-sessions": try one("personal_sessions", "create, without expiry"),
        ]
    }
}

/// How the operator gets the account `bot` in a test.
enum RecordedWay: String, Sendable, CaseIterable {
    case client, adminToken, command, browser, password, token

    func fill(_ wishes: inout SetupWishes, _ bench: SetupBench) {
        wishes.localpart = "bot"
        switch self {
        case .client:
            wishes.serviceClientID = "01ADMNC0000000000000000000"
            wishes.typedServiceSecret = Secret("hunter2-client")
        case .adminToken:
            bench.files.withLock { $0["/admin-token"] = Array("mat_hunter2_admin\n".utf8) }
            wishes.serviceAdminTokenFile = "/admin-token"
        case .command: wishes.serviceCommand = "mas-cli"
        case .browser: wishes.usesDeviceGrant = true
        case .password: wishes.typedPassword = Secret("hunter2-password")
        case .token: wishes.typedAccessToken = Secret("mct_hunter2_token")
        }
    }
}

extension RecordedWorld {
    /// A run that has found the server and saved that; or why it has not.
    func begun(_ change: (inout SetupWishes) -> Void) async throws(StepFailure) -> SetupRun {
        var wishes = SetupWishes()
        wishes.homeserver = base
        change(&wishes)
        let folder = SetupFolder("/bot")
        let saved = bench.text(folder.progress).flatMap { try? JSONValue(parsing: $0.utf8Span.span) }
        let progress = saved.flatMap { SetupProgress($0) } ?? SetupProgress(mark: "m")
        var run = SetupRun(wishes: wishes, folder: folder, progress: progress)
        _ = try await FindServer().perform(&run, tools)
        return run
    }

    /// Finds the server, then gets the account; why that failed, with `BASE` for the address.
    func obtain(_ change: (inout SetupWishes) -> Void) async -> (failure: StepFailure?, run: SetupRun?) {
        var begun: SetupRun?
        do throws(StepFailure) {
            var run = try await self.begun(change)
            begun = run
            defer { begun = run }
            _ = try await ObtainAccount().perform(&run, tools)
            return (nil, run)
        } catch {
            return (named(error), begun)
        }
    }

    private func named(_ failure: StepFailure) -> StepFailure {
        StepFailure(
            failure.step,
            failure.cause.replacing(base, with: "BASE"),
            cure: failure.cure.map { $0.replacing(base, with: "BASE") },
            kind: failure.kind
        )
    }
}
