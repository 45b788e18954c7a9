import JSON
import MatrixCore
import Moderation
import Protections
import Testing

/// The clauses, and the words in which they are written.
struct ContractCheck<Fixture: HomeserverFixture> {
    let fixture: Fixture

    func account(_ name: String) async throws -> HomeserverAccount { try await fixture.makeAccount(name) }

    /// A public room of the creator with everybody in it.
    func room(
        by creator: HomeserverAccount,
        with members: [HomeserverAccount] = [],
        _ template: RoomTemplate = RoomTemplate(preset: .publicChat)
    ) async throws -> RoomID {
        let room = try await creator.makeRoom(template)
        for member in members { try await member.join(room) }
        return room
    }
}

extension HomeserverAccount {
    /// Does it, each time under a name of its own.
    @discardableResult func perform(_ action: Action, _ transaction: String? = nil) async throws -> ActionResult {
        try await homeserver.perform(action, transaction: transaction ?? "t\(UInt64.random(in: 0 ... .max))")
    }

    func makeRoom(_ template: RoomTemplate) async throws -> RoomID {
        guard case .room(let room, _) = try await perform(.createRoom(template)) else { throw NotPromised() }
        return room
    }

    func join(_ room: RoomID) async throws {
        #expect(try await perform(.join(RoomReference(room))) == .room(room, via: []))
    }

    @discardableResult func say(
        _ text: String,
        in room: RoomID,
        _ transaction: String? = nil
    ) async throws -> EventID {
        let content: JSONValue = ["msgtype": "m.text", "body": .string(text)]
        return try await event(.sendEvent(.message, content: content, in: room), transaction)
    }

    func event(_ action: Action, _ transaction: String? = nil) async throws -> EventID {
        guard case .event(let event) = try await perform(action, transaction) else { throw NotPromised() }
        return event
    }

    /// The error of an action; nil when it has none.
    func refusal(of action: Action) async -> HomeserverError? { await failure { try await perform(action) } }

    func membership(of user: UserID, in room: RoomID) async throws -> JSONValue? {
        try await homeserver.stateContent(StateKey(.member, user.rawValue), in: room)?["membership"]
    }

    func sync(
        _ since: String?,
        waiting timeout: Duration = .zero,
        lazily: Bool = false,
        limit: Int = 100
    ) async throws -> SyncBody {
        var request = SyncRequest(since: since, timeout: timeout, lazyLoadsMembers: lazily)
        request.timelineLimit = limit
        return SyncBody(value: try value(try await homeserver.sync(request)))
    }

    func messages(in room: RoomID, from: String, to: String? = nil, limit: Int) async throws -> JSONValue {
        try value(try await homeserver.messages(in: room, from: from, to: to, limit: limit))
    }
}

struct NotPromised: Error {}

/// An answer to a sync, by the names that the clauses ask for.
struct SyncBody {
    let value: JSONValue

    var next: String { get throws { try #require(value["next_batch"]?.text) } }

    func joined(_ room: RoomID) -> JSONValue? { value["rooms"]?["join"]?[room.rawValue] }

    func timeline(_ room: RoomID) -> [JSONValue] { joined(room)?["timeline"]?["events"]?.elements ?? [] }

    /// Before the timeline or after it, by the name that the server uses.
    func state(_ room: RoomID) -> [JSONValue] {
        let part = joined(room)
        let state = part?["state_after"] ?? part?["org.matrix.msc4222.state_after"] ?? part?["state"]
        return state?["events"]?.elements ?? []
    }

    /// State and timeline together, as the bot reads them.
    func known(_ room: RoomID) -> [JSONValue] { state(room) + timeline(room) }
}

extension JSONValue {
    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var elements: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// Whether it is this state event.
    func isState(_ type: EventType, _ key: String = "") -> Bool {
        self["type"] == .string(type.rawValue) && self["state_key"] == .string(key)
    }
}

func value(_ body: any PaddedBytes) throws -> JSONValue {
    try body.withPaddedBytes { bytes in
        try unsafe bytes.withUnsafeBytes { bytes in
            try unsafe JSONValue(
                parsing: bytes.assumingMemoryBound(to: UInt8.self).span.extracting(first: body.count)
            )
        }
    }
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

extension HomeserverError? {
    /// Status and code of a refusal; its words are the server's own.
    var summary: String? {
        switch self {
        case .refused(let status, let code, _): "\(status) \(code)"
        case .some(let error): error.metricLabel
        case nil: nil
        }
    }
}
