import JSON
import MatrixCore
import Moderation

/// All rooms and accounts, and one stream that orders what happens in them.
///
/// Every method is one request or one event, done at once or refused.
struct World {
    let serverName: String
    var defaultRoomVersion: String
    private(set) var rooms: [RoomID: SimulatedRoom] = [:]
    var accounts: [UserID: SimulatedAccount] = [:]
    var aliases: [RoomAlias: RoomID] = [:]
    /// The last place given out in the stream.
    private(set) var position = 0
    private var identifiers: SimulatedIdentifiers

    init(_ settings: SimulationSettings) {
        serverName = settings.serverName
        defaultRoomVersion = settings.defaultRoomVersion
        identifiers = SimulatedIdentifiers(seed: settings.seed)
    }

    mutating func register(_ user: UserID, displayName: String?) {
        guard accounts[user] == nil else {
            accounts[user]?.displayName = displayName
            return
        }
        var account = SimulatedAccount(displayName: displayName)
        for (id, room) in rooms {
            for (place, event) in room.events.enumerated() where event.type == .member {
                guard event.stateKey.map({ equalByBytes($0, user.rawValue) }) == true else { continue }
                account.note(event, at: place, in: id)
            }
        }
        accounts[user] = account
    }

    func room(_ id: RoomID) throws(HomeserverError) -> SimulatedRoom {
        guard let room = rooms[id] else { throw .forbidden("Unknown room") }
        return room
    }

    mutating func setAccountData(_ type: EventType, content: JSONValue, of user: UserID) {
        position += 1
        accounts[user]?.data[type] = (content, position)
    }

    mutating func makeRoom(version: String) throws(HomeserverError) -> RoomID {
        guard let number = Int(version), (1...12).contains(number) else {
            throw .badRequest(
                "Your homeserver does not support this room version",
                code: "M_UNSUPPORTED_ROOM_VERSION"
            )
        }
        do throws(IdentifierError) {
            let id = try identifiers.room(version: number, server: serverName)
            rooms[id] = SimulatedRoom(id: id, version: version)
            return id
        } catch {
            throw .serverTrouble(status: 500, message: "no room ID: \(error)")
        }
    }

    /// Puts an event at the end of its room without asking whether it is allowed.
    @discardableResult mutating func append(_ draft: EventDraft, at now: Moment) throws(HomeserverError) -> EventID {
        guard let room = rooms[draft.room] else { throw .forbidden("Unknown room") }
        let id: EventID
        do throws(IdentifierError) {
            id = try identifiers.event()
        } catch {
            throw .serverTrouble(status: 500, message: "no event ID: \(error)")
        }
        position += 1
        let place = room.events.count
        let event = TimelineEvent(
            id: id,
            type: draft.type,
            sender: draft.sender,
            stateKey: draft.stateKey,
            timestamp: draft.timestamp ?? now.wallMilliseconds,
            received: now.wallMilliseconds,
            content: draft.content,
            redacts: draft.redacts,
            position: position,
            replaces: draft.stateKey.flatMap { room.state[StateKey(draft.type, $0)] },
            transaction: draft.transaction
        )
        room.append(event)
        if let redacted = draft.redacts.flatMap({ room.place(of: $0) }) { room.redact(at: redacted, by: place) }
        if event.type == .member, let user = event.stateKey.flatMap({ try? UserID(parsing: $0) }) {
            accounts[user]?.note(event, at: place, in: draft.room)
        }
        return id
    }
}

/// An event before it has its place.
struct EventDraft {
    let room: RoomID
    let type: EventType
    let sender: UserID
    var stateKey: String?
    var content: JSONValue
    var redacts: EventID?
    var transaction: String?
    /// What the sender's server says of the time; nil for our own.
    var timestamp: Int64?

    static func member(
        _ user: UserID,
        _ membership: Membership,
        by sender: UserID,
        in room: RoomID,
        with content: JSONObject = JSONObject()
    ) -> EventDraft {
        var content = content
        content["membership"] = .string(membership.name)
        return EventDraft(
            room: room,
            type: .member,
            sender: sender,
            stateKey: user.rawValue,
            content: .object(content)
        )
    }
}

/// A user whose token the server knows.
struct SimulatedAccount {
    /// What became of the user in a room, and where.
    struct Step {
        let membership: Membership
        let sender: UserID
        let position: Int
        let place: Int
    }

    var displayName: String?
    var isTokenValid = true
    var data: [EventType: (content: JSONValue, position: Int)] = [:]
    /// In the order of the stream.
    private(set) var steps: [RoomID: [Step]] = [:]
    /// Which event a request of that name made.
    var transactions: [String: EventID] = [:]
    var limiter = RateLimiter()

    init(displayName: String?) { self.displayName = displayName }

    mutating func note(_ event: TimelineEvent, at place: Int, in room: RoomID) {
        let step = Step(
            membership: event.membership ?? .leave,
            sender: event.sender,
            position: event.position,
            place: place
        )
        steps[room, default: []].append(step)
    }

    func membership(in room: RoomID) -> Membership? { steps[room]?.last?.membership }
}
