import JSON
import MatrixCore
import Moderation
import Protections
import SimulatedHomeserver
import Testing

/// A homeserver with a bot, a member and a room of the bot's.
struct Town {
    let time = VirtualTime()
    let homeserver: SimulatedHomeserver
    let bot: SimulatedHomeserver.Account
    let alice: UserID
    let room: RoomID

    init(_ settings: SimulationSettings = SimulationSettings()) async throws {
        homeserver = SimulatedHomeserver(settings, time: time)
        alice = try UserID(parsing: "@alice:a.org")
        bot = await homeserver.register(try UserID(parsing: "@bot:a.org"), displayName: "Bot")
        room = try await homeserver.makeRoom(by: bot.user)
        try await homeserver.join([alice], to: room)
    }

    /// Nothing changes once there is nothing left to tell.
    func position() async throws -> String {
        let body = try await value(bot.sync(SyncRequest(since: nil, timeout: .zero)))
        return try #require(body["next_batch"]?.text)
    }

    func sync(_ since: String, waiting timeout: Duration = .zero) async throws -> JSONValue {
        try await value(bot.sync(SyncRequest(since: since, timeout: timeout)))
    }

    func ban() -> Action { .ban(alice, in: room, reason: "spam") }
}

func value(_ body: any PaddedBytes) throws -> JSONValue {
    try JSONValue(parsing: bytes(body).span)
}

func bytes(_ body: any PaddedBytes) -> [UInt8] {
    body.withPaddedBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe Array($0.prefix(body.count)) } }
}

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

extension JSONValue {
    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }
}
