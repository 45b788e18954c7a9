import Moderation
import JSON
import MatrixCore
import Observability
import Protections

/// The calls that carry a token.
extension LastingHomeserver {
    func perform(
        _ action: Action,
        as user: UserID,
        _ token: Secret,
        transaction: String
    ) async throws(ServerFailure) -> ActionResult {
        try await with(token) { token throws(ServerFailure) in
            try await homeserver.perform(action, as: user, token, transaction: transaction)
        }
    }
    func identity(_ token: Secret) async throws(ServerFailure) -> Identity {
        try await with(token) { token throws(ServerFailure) in try await homeserver.identity(token) }
    }
    func devices(_ token: Secret) async throws(ServerFailure) -> [AccountDevice] {
        try await with(token) { token throws(ServerFailure) in try await homeserver.devices(token) }
    }
    func devicesWithKeys(of user: UserID, _ token: Secret) async throws(ServerFailure) -> Set<String> {
        try await with(token) { token throws(ServerFailure) in try await homeserver.devicesWithKeys(of: user, token) }
    }
    func canAdminister(_ token: Secret) async throws(ServerFailure) -> Bool {
        try await with(token) { token throws(ServerFailure) in try await homeserver.canAdminister(token) }
    }
    func maySeeSessions(of user: UserID, _ token: Secret) async throws(ServerFailure) -> Bool {
        try await with(token) { token throws(ServerFailure) in try await homeserver.maySeeSessions(of: user, token) }
    }
    func account(_ user: UserID, _ token: Secret) async throws(ServerFailure) -> AccountRecord {
        try await with(token) { token throws(ServerFailure) in try await homeserver.account(user, token) }
    }
    func makeAccount(_ user: UserID, _ account: NewAccount, _ token: Secret) async throws(ServerFailure) {
        try await with(token) { token throws(ServerFailure) in try await homeserver.makeAccount(user, account, token) }
    }
    func makeAdmin(_ user: UserID, _ token: Secret) async throws(ServerFailure) {
        try await with(token) { token throws(ServerFailure) in try await homeserver.makeAdmin(user, token) }
    }
    func rateLimit(of user: UserID, _ token: Secret) async throws(ServerFailure) -> RateLimit {
        try await with(token) { token throws(ServerFailure) in try await homeserver.rateLimit(of: user, token) }
    }
    func liftRateLimit(of user: UserID, _ token: Secret) async throws(ServerFailure) {
        try await with(token) { token throws(ServerFailure) in try await homeserver.liftRateLimit(of: user, token) }
    }
    func experimentalFeatures(of user: UserID, _ token: Secret) async throws(ServerFailure) -> [String: Bool] {
        try await with(token) { token throws(ServerFailure) in
            try await homeserver.experimentalFeatures(of: user, token)
        }
    }
    func enableFeature(_ name: String, for user: UserID, _ token: Secret) async throws(ServerFailure) {
        try await with(token) { token throws(ServerFailure) in
            try await homeserver.enableFeature(name, for: user, token)
        }
    }
    func resolve(_ room: RoomReference, _ token: Secret) async throws(ServerFailure) -> RoomID {
        try await with(token) { token throws(ServerFailure) in try await homeserver.resolve(room, token) }
    }
    func joinedRooms(_ token: Secret) async throws(ServerFailure) -> [RoomID] {
        try await with(token) { token throws(ServerFailure) in try await homeserver.joinedRooms(token) }
    }
    func accountData(_ type: EventType, of user: UserID, _ token: Secret) async throws(ServerFailure) -> JSONValue? {
        try await with(token) { token throws(ServerFailure) in try await homeserver.accountData(type, of: user, token) }
    }
    func state(of room: RoomID, _ token: Secret) async throws(ServerFailure) -> [StateEvent] {
        try await with(token) { token throws(ServerFailure) in try await homeserver.state(of: room, token) }
    }
    func stateContent(_ key: StateKey, in room: RoomID, _ token: Secret) async throws(ServerFailure) -> JSONValue? {
        try await with(token) { token throws(ServerFailure) in try await homeserver.stateContent(key, in: room, token) }
    }
    func defaultRoomVersion(_ token: Secret) async throws(ServerFailure) -> String {
        try await with(token) { token throws(ServerFailure) in try await homeserver.defaultRoomVersion(token) }
    }
    func rooms(ofSpace space: RoomID, _ token: Secret) async throws(ServerFailure) -> [SpaceRoom] {
        try await with(token) { token throws(ServerFailure) in try await homeserver.rooms(ofSpace: space, token) }
    }
    func sync(_ room: RoomID, since: String?, wait: Duration, _ token: Secret) async throws(ServerFailure) -> SyncedRoom
    {
        try await with(token) { token throws(ServerFailure) in
            try await homeserver.sync(room, since: since, wait: wait, token)
        }
    }
}
