import HTTPClient
import MatrixClient
import MatrixCore
import Moderation
import Observability
import Testing
import TestSupport

/// Long, and unlike anything else in a request or an answer.
let token = "syt_ZHJhdXBuaXI_uNmIsTaKaBlY"
let bot = "@draupnir:a.org"

/// A client, and a server that knows whose token it is and answers everything else with one answer.
struct Fixture {
    let server: ScriptedServer
    let client: MatrixClient

    init(
        limits: RequestLimits = RequestLimits(),
        baseSuffix: String = "",
        _ script: @escaping @Sendable (SentRequest, LoopbackSocket) -> Bool
    ) throws {
        server = try ScriptedServer { request, socket in
            guard request.path == "/_matrix/client/v3/account/whoami" else { return script(request, socket) }
            socket.send(Answer(#"{"user_id":"\#(bot)","device_id":"DEVICE"}"#).bytes)
            return true
        }
        client = MatrixClient(
            homeserver: "http://127.0.0.1:\(server.port)\(baseSuffix)",
            session: .fixed(Secret(token)),
            version: "1.2.3",
            http: try HTTPClient(),
            limits: limits
        )
    }

    init(answer: Answer, limits: RequestLimits = RequestLimits(), baseSuffix: String = "") throws {
        try self.init(limits: limits, baseSuffix: baseSuffix) { _, socket in
            socket.send(answer.bytes)
            return true
        }
    }

    /// The requests, without those that ask whose the token is.
    var requests: [SentRequest] { server.requests.filter { !$0.path.hasSuffix("/account/whoami") } }
}

/// The error of a request; nil when it has none.
func failure<Value>(_ ask: () async throws -> Value) async -> HomeserverError? {
    do {
        _ = try await ask()
    } catch let error as HomeserverError {
        return error
    } catch {
        Issue.record(error)
    }
    return nil
}

func user(_ text: String) throws -> UserID { try UserID(parsing: text) }
func room(_ text: String = "!r:a.org") throws -> RoomID { try RoomID(parsing: text) }
