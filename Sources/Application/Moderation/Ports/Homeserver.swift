package import JSON
package import MatrixCore
package import Protections

/// The homeserver, as the bot's account sees it: the port that the Matrix client fulfils.
///
/// Reads give bodies as they came, to be scanned where they lie. Nothing here retries: when and how often to ask is the
/// governor's business.
package protocol Homeserver: Sendable {
    /// Whose token this is.
    func identity() async throws(HomeserverError) -> Identity

    /// The next answer of `/sync`, waiting up to `request.timeout` for one.
    func sync(_ request: SyncRequest) async throws(HomeserverError) -> any PaddedBytes

    /// All state of a room: an array of events.
    func state(of room: RoomID) async throws(HomeserverError) -> any PaddedBytes

    /// One page of a room's timeline, backwards from `from`; ends at `to` where that is given.
    func messages(
        in room: RoomID,
        from: String,
        to: String?,
        limit: Int
    ) async throws(HomeserverError) -> any PaddedBytes

    /// The content of the bot's global account data of that type, or nil where there is none.
    func accountData(_ type: EventType) async throws(HomeserverError) -> JSONValue?

    func joinedRooms() async throws(HomeserverError) -> [RoomID]

    /// The display name in the bot's profile, or nil where it has none.
    func displayName() async throws(HomeserverError) -> String?

    /// The content of one state event, or nil where the room has none.
    func stateContent(_ key: StateKey, in room: RoomID) async throws(HomeserverError) -> JSONValue?

    /// `m.room_versions.default` of the server's capabilities.
    func defaultRoomVersion() async throws(HomeserverError) -> String

    /// Does what the action says, in one request.
    ///
    /// `transaction` makes a repeated `PUT` of a message or redaction the same event. `.loadState`, `.fillGap`, `.changeAccountData` and
    /// `.askRoomVersion` are refused: they have methods of their own.
    func perform(_ action: Action, transaction: String) async throws(HomeserverError) -> ActionResult
}

package struct Identity: Sendable, Equatable {
    package var user: UserID
    package var device: String?
    package var isGuest: Bool

    package init(user: UserID, device: String? = nil, isGuest: Bool = false) {
        self.user = user
        self.device = device
        self.isGuest = isGuest
    }
}

package struct SyncRequest: Sendable, Equatable {
    /// The `next_batch` of the last answer; nil asks for everything.
    package var since: String?
    package var timeout: Duration
    /// Members as they speak only: for a first sync, whose members are loaded room by room.
    package var lazyLoadsMembers: Bool
    /// Asks for `state_after` (MSC4222); a server that does not know it answers without.
    package var usesStateAfter: Bool
    /// Most timeline events a room; Synapse gives 100 at the most by default.
    package var timelineLimit = 100

    package init(since: String?, timeout: Duration, lazyLoadsMembers: Bool = false, usesStateAfter: Bool = true) {
        self.since = since
        self.timeout = timeout
        self.lazyLoadsMembers = lazyLoadsMembers
        self.usesStateAfter = usesStateAfter
    }
}

package enum ActionResult: Sendable, Equatable {
    case done
    /// The event that was made.
    case event(EventID)
    /// The room that was made or joined, or that an alias stands for, with servers that are in it where that was told.
    case room(RoomID, via: [ServerName])
}
