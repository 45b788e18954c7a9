import Commands
import Glibc
import JSON
import MatrixCore
import Moderation
import Observability
import Protections
import Storage

/// A bot on paper: decides on inputs as the program does, with every request answered at once from made-up state.
struct Community {
    static let list = "!list:bench.example"
    static let managementRoom = "!management:bench.example"

    let roomCount: Int
    let membersOfARoom: Int
    let userCount: Int
    let ruleCount: Int
    private(set) var state: ModerationState
    private var monotonic = Duration.seconds(1)
    private var position = 0

    init(rooms: Int, membersOfARoom: Int, users: Int, rules: Int) throws {
        roomCount = rooms
        self.membersOfARoom = membersOfARoom
        userCount = users
        ruleCount = rules
        state = try Self.freshState()
    }

    static func freshState() throws -> ModerationState {
        var settings = BotSettings()
        settings.managementRoom = .room(RoomReference(try RoomID(parsing: managementRoom), via: []))
        let bot = Bot(user: try UserID(parsing: MadeUpState.bot))
        return ModerationState(bot: bot, settings: settings, nonce: "bench", log: Log("bench", sink: NoSink()))
    }

    var rooms: [String] { (0..<roomCount).map { "!room\($0):bench.example" } }

    /// Decides on one answer of sync, and on what comes of every request that follows; each changeset goes to `commit`.
    mutating func take(sync body: [UInt8], isCatchUp: Bool, _ commit: (Changeset) async throws -> Void) async throws {
        let since = isCatchUp ? nil : "s\(position)"
        let answer = SyncAnswer(body: OwnedPaddedBytes(body), since: since, isCatchUp: isCatchUp, isLazy: isCatchUp)
        position += 1
        try await decide([.sync(answer)], commit)
    }

    mutating func decide(_ inputs: [Input], _ commit: (Changeset) async throws -> Void) async throws {
        monotonic += .seconds(1)
        let now = Moment(monotonic: monotonic, wallMilliseconds: 1_764_100_000_000)
        try await commit(state.decide(inputs, at: now))
        state.queue.markCommitted()
        while let row = state.queue.next(at: monotonic), let result = try answer(row) {
            try await decide([.outcome(RowOutcome(row: row.id, result: result))], commit)
        }
    }

    /// Nil for what the homeserver is left to do.
    private func answer(_ row: JournalRow) throws -> RowOutcome.Result? {
        switch row.action {
        case .join(let reference):
            guard case .id(let room) = reference.name else { return nil }
            return .success(.room(room, via: []))
        case .loadState(let room): return .state(OwnedPaddedBytes(stateBody(of: room.rawValue)))
        case .sendEvent: return .success(.event(try EventID(parsing: "$sent\(row.id)")))
        default: return nil
        }
    }

    private func stateBody(of room: String) -> [UInt8] {
        if room == Self.list { return MadeUpState.body(ofList: room, entities: entities) }
        if room == Self.managementRoom { return MadeUpState.body(ofRoom: room, members: []) }
        let number = Int(room.dropFirst(5).prefix { $0 != ":" }) ?? 0
        let first = number * membersOfARoom
        return MadeUpState.body(
            ofRoom: room,
            members: (first..<first + membersOfARoom).lazy.map { [userCount] in $0 % userCount }
        )
    }

    /// Nineteen of twenty are literals, and ten of those name somebody who is there.
    private var entities: [String] {
        (0..<ruleCount).map { number in
            switch number {
            case 0..<10: MadeUpState.user(number * 100)
            case let number where number % 20 == 1: "*raid-\(number)-*"
            default: "@spam\(number * 31):server\(number % 3_000).example"
            }
        }
    }

    /// The first answer of sync: the account data, and every room by name.
    var firstSync: [UInt8] {
        let names = rooms.map { #""\#($0)""# }.joined(separator: ",")
        let joined = (rooms + [Self.list, Self.managementRoom]).map { #""\#($0)":{}"# }.joined(separator: ",")
        return Array(
            """
            {"next_batch":"s0","account_data":{"events":[\
            {"type":"org.matrix.mjolnir.protected_rooms","content":{"rooms":[\(names)]}},\
            {"type":"org.matrix.mjolnir.watched_lists","content":{"references":["https://matrix.to/#/\(Self.list)"]}}]},\
            "rooms":{"join":{\(joined)}}}
            """.utf8
        )
    }
}

struct NoSink: LogSink {
    func write(_ record: LogRecord) {}
}

/// A folder that is gone again when the work is done.
func withFolder<Value>(_ work: (String) async throws -> Value) async throws -> Value {
    let folder = ".build/bench-\(getpid())"
    defer {
        for name in ["/draupnir.db", "/draupnir.db-wal", "/draupnir.db-shm", "/draupnir.lock", ""] {
            unsafe remove(folder + name)
        }
    }
    return try await work(folder)
}
