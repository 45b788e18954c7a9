package import Moderation
package import JSON
package import MatrixCore
package import Observability
package import Protections

/// Rooms and account data, as an account sees them.
package protocol RoomAccess: Sendable {
    /// Does what the action says, in one request; `user` is whose account data is meant.
    func perform(
        _ action: Action,
        as user: UserID,
        _ token: Secret,
        transaction: String
    ) async throws(ServerFailure) -> ActionResult

    /// The room behind an alias; an ID stands for itself.
    func resolve(_ room: RoomReference, _ token: Secret) async throws(ServerFailure) -> RoomID

    func joinedRooms(_ token: Secret) async throws(ServerFailure) -> [RoomID]

    func accountData(_ type: EventType, of user: UserID, _ token: Secret) async throws(ServerFailure) -> JSONValue?

    /// All state of a room.
    func state(of room: RoomID, _ token: Secret) async throws(ServerFailure) -> [StateEvent]

    func stateContent(_ key: StateKey, in room: RoomID, _ token: Secret) async throws(ServerFailure) -> JSONValue?

    func defaultRoomVersion(_ token: Secret) async throws(ServerFailure) -> String

    /// The rooms below a space, itself left out.
    func rooms(ofSpace space: RoomID, _ token: Secret) async throws(ServerFailure) -> [SpaceRoom]

    /// Events of one room since `since`; without one, only where to begin.
    func sync(
        _ room: RoomID,
        since: String?,
        wait: Duration,
        _ token: Secret
    ) async throws(ServerFailure) -> SyncedRoom
}

package struct StateEvent: Sendable, Equatable {
    package let type: EventType
    package let key: String
    package let sender: UserID?
    package let content: JSONValue
    package let timestamp: Int64?

    package init(type: EventType, key: String, sender: UserID?, content: JSONValue, timestamp: Int64? = nil) {
        self.type = type
        self.key = key
        self.sender = sender
        self.content = content
        self.timestamp = timestamp
    }
}

package struct SpaceRoom: Sendable, Equatable {
    package let room: RoomID
    package let name: String?
    package let isSpace: Bool

    package init(room: RoomID, name: String?, isSpace: Bool) {
        self.room = room
        self.name = name
        self.isSpace = isSpace
    }
}

package struct SyncedRoom: Sendable, Equatable {
    package var next: String
    /// In the order in which they came, state included.
    package var events: [SeenEvent]
    /// Whether the answer had `state_after` (MSC4222) where it was asked for.
    package var hasStateAfter: Bool

    package init(next: String, events: [SeenEvent], hasStateAfter: Bool) {
        self.next = next
        self.events = events
        self.hasStateAfter = hasStateAfter
    }
}

package struct SeenEvent: Sendable, Equatable {
    package let id: EventID
    package let type: EventType
    /// Nil of an event that is no state.
    package let key: String?
    package let content: JSONValue
    /// The event that a redaction takes back, wherever the room version writes it.
    package let redacts: EventID?

    package init(id: EventID, type: EventType, key: String?, content: JSONValue, redacts: EventID? = nil) {
        self.id = id
        self.type = type
        self.key = key
        self.content = content
        self.redacts = redacts
    }
}
