import JSON
import MatrixCore
import Moderation
import Observability
import Protections
import Setup
import Synchronization

/// A homeserver that knows whose tokens are, and fails in all else; each test gives the answers it is about.
final class ScriptedHomeserver: SetupHomeserver {
    let baseURL = "https://matrix.example.org"
    /// What `identity` says, one answer after the other; the last stays.
    let identities: Mutex<[Result<Identity, ServerFailure>]>
    let logins: Mutex<[Result<AccountSession, ServerFailure>]>
    let logOuts = Mutex<[Result<Void, ServerFailure>]>([])
    let asked = Mutex<[String]>([])
    /// Those that it was asked about.
    let tokens = Mutex<[Secret]>([])
    let isAdmin: Bool
    /// What becomes of every registration.
    let registrations = Mutex<Result<AccountSession, ServerFailure>?>(nil)
    let answersVersions = Mutex(false)
    /// What it does and says of rooms.
    let rooms = ScriptedRooms()

    init(
        identities: [Result<Identity, ServerFailure>] = [],
        logins: [Result<AccountSession, ServerFailure>] = [],
        isAdmin: Bool = false
    ) {
        self.identities = Mutex(identities)
        self.logins = Mutex(logins)
        self.isAdmin = isAdmin
    }

    private func next<Value: Sendable>(
        _ answers: borrowing Mutex<[Result<Value, ServerFailure>]>,
        _ call: String
    ) throws(ServerFailure) -> Value {
        asked.withLock { $0.append(call) }
        let answer = answers.withLock { $0.count > 1 ? $0.removeFirst() : $0.first }
        guard let answer else { throw unexpected(call) }
        return try answer.get()
    }

    private func unexpected(_ call: String) -> ServerFailure { ServerFailure(call, .cancelled) }

    func identity(_ token: Secret) async throws(ServerFailure) -> Identity {
        tokens.withLock { $0.append(token) }
        return try next(identities, "whoami")
    }
    func logIn(_ login: PasswordLogin) async throws(ServerFailure) -> AccountSession {
        try next(logins, login.isRenewable ? "login for \(login.device ?? "a new device"), renewable" : "login")
    }
    func logOut(_ token: Secret) async throws(ServerFailure) {
        asked.withLock { $0.append("logout of \(token.reveal())") }
        try logOuts.withLock { $0.first ?? .success(()) }.get()
    }
    func canAdminister(_: Secret) async throws(ServerFailure) -> Bool {
        asked.withLock { $0.append("users") }
        return isAdmin
    }
    func maySeeSessions(of user: UserID, _: Secret) async throws(ServerFailure) -> Bool {
        asked.withLock { $0.append("whois \(user)") }
        return isAdmin
    }
    func rehearsedSession(_: String, isAdmin: Bool) -> AccountSession? { nil }
}

/// What no test here is about.
extension ScriptedHomeserver {
    func versions() async throws(ServerFailure) -> ServerVersions {
        guard answersVersions.withLock({ $0 }) else { throw unexpected("versions") }
        return ServerVersions(versions: ["v1.15"])
    }
    func synapseVersion() async throws(ServerFailure) -> String { throw unexpected("server_version") }
    func federationSoftware() async throws(ServerFailure) -> ServerSoftware { throw unexpected("version") }
    func loginFlows() async throws(ServerFailure) -> [LoginFlow] { throw unexpected("flows") }
    func authenticationMetadata() async throws(ServerFailure) -> AuthenticationMetadata? { nil }
    func register(_ account: NewAccount, signedWith _: Secret) async throws(ServerFailure) -> AccountSession {
        asked.withLock { $0.append("register \(account.localpart)") }
        guard let answer = registrations.withLock({ $0 }) else { throw unexpected("register") }
        return try answer.get()
    }
    func register(_: NewAccount, registrationToken _: Secret?) async throws(ServerFailure) -> AccountSession {
        throw unexpected("register")
    }
    func refresh(_: Secret) async throws(ServerFailure) -> IssuedTokens { throw unexpected("refresh") }
    func profileExists(_: UserID) async throws(ServerFailure) -> Bool { throw unexpected("profile") }
    func devices(_: Secret) async throws(ServerFailure) -> [AccountDevice] { throw unexpected("devices") }
    func devicesWithKeys(of _: UserID, _: Secret) async throws(ServerFailure) -> Set<String> {
        throw unexpected("keys")
    }
    func account(_: UserID, _: Secret) async throws(ServerFailure) -> AccountRecord { throw unexpected("account") }
    func makeAccount(_: UserID, _: NewAccount, _: Secret) async throws(ServerFailure) { throw unexpected("make") }
    func makeAdmin(_: UserID, _: Secret) async throws(ServerFailure) { throw unexpected("admin") }
    func rateLimit(of _: UserID, _: Secret) async throws(ServerFailure) -> RateLimit { throw unexpected("limit") }
    func liftRateLimit(of _: UserID, _: Secret) async throws(ServerFailure) { asked.withLock { $0.append("lift") } }
    func experimentalFeatures(of _: UserID, _: Secret) async throws(ServerFailure) -> [String: Bool] {
        throw unexpected("features")
    }
    func enableFeature(_: String, for _: UserID, _: Secret) async throws(ServerFailure) { throw unexpected("features") }
    func perform(
        _ action: Action,
        as _: UserID,
        _: Secret,
        transaction _: String
    ) async throws(ServerFailure) -> ActionResult {
        guard let answer = rooms.answer(action) else { throw unexpected("perform") }
        return try answer.get()
    }
    func resolve(_: RoomReference, _: Secret) async throws(ServerFailure) -> RoomID { throw unexpected("resolve") }
    func joinedRooms(_: Secret) async throws(ServerFailure) -> [RoomID] {
        guard let joined = rooms.joined.withLock({ $0 }) else { throw unexpected("joined") }
        return joined
    }
    func accountData(_ type: EventType, of _: UserID, _: Secret) async throws(ServerFailure) -> JSONValue? {
        try rooms.accountData.withLock { $0[type] }?.get()
    }
    func state(of _: RoomID, _: Secret) async throws(ServerFailure) -> [StateEvent] { throw unexpected("state") }
    func stateContent(_: StateKey, in _: RoomID, _: Secret) async throws(ServerFailure) -> JSONValue? { nil }
    func defaultRoomVersion(_: Secret) async throws(ServerFailure) -> String { throw unexpected("capabilities") }
    func rooms(ofSpace _: RoomID, _: Secret) async throws(ServerFailure) -> [SpaceRoom] {
        rooms.space.withLock { $0 }
    }
    func sync(_: RoomID, since _: String?, wait _: Duration, _: Secret) async throws(ServerFailure) -> SyncedRoom {
        throw unexpected("sync")
    }
}
