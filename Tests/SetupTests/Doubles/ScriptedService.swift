import Moderation
import Observability
import Setup
import Synchronization

/// An authentication service whose device grant answers by a script.
final class ScriptedService: AuthenticationService {
    let metadata = AuthenticationMetadata(
        issuer: "https://auth.example.org/",
        tokenEndpoint: "https://auth.example.org/oauth2/token",
        registrationEndpoint: "https://auth.example.org/oauth2/registration",
        revocationEndpoint: "https://auth.example.org/oauth2/revoke",
        deviceEndpoint: "https://auth.example.org/oauth2/device"
    )
    let polls: Mutex<[Result<DeviceGrantAnswer, ServerFailure>]>
    let refreshes: Mutex<[Result<IssuedTokens, ServerFailure>]>
    let asked = Mutex<[String]>([])

    init(
        polls: [Result<DeviceGrantAnswer, ServerFailure>] = [],
        refreshes: [Result<IssuedTokens, ServerFailure>] = []
    ) {
        self.polls = Mutex(polls)
        self.refreshes = Mutex(refreshes)
    }

    static let tokens = IssuedTokens(
        accessToken: Secret("mat_1"),
        refreshToken: Secret("mar_1"),
        expiresIn: .seconds(300)
    )

    func registerClient() async throws(ServerFailure) -> String { "CLIENT" }

    func startDeviceGrant(_ scope: TokenScope, client: String) async throws(ServerFailure) -> DeviceGrant {
        asked.withLock { $0.append(scope.text) }
        return DeviceGrant(
            deviceCode: Secret("device"),
            userCode: "ABCDEF",
            verificationURL: "https://auth.example.org/link",
            expiresIn: .seconds(1200)
        )
    }

    /// The last answer stays.
    func poll(_: DeviceGrant, client _: String) async throws(ServerFailure) -> DeviceGrantAnswer {
        asked.withLock { $0.append("poll") }
        let answer = polls.withLock { $0.count > 1 ? $0.removeFirst() : $0.first }
        return try (answer ?? .success(.pending)).get()
    }

    func refresh(_: Secret, client _: String) async throws(ServerFailure) -> IssuedTokens {
        asked.withLock { $0.append("refresh") }
        let answer = refreshes.withLock { $0.count > 1 ? $0.removeFirst() : $0.first }
        guard let answer else { throw ServerFailure("refresh", .cancelled) }
        return try answer.get()
    }

    let revoked = Mutex<[String]>([])
    func revoke(_ token: Secret, client: String) async throws(ServerFailure) {
        asked.withLock { $0.append("revoke") }
        revoked.withLock { $0.append("\(token.reveal()) of \(client)") }
    }
    func adminToken(client _: String, secret _: Secret) async throws(ServerFailure) -> Secret { Secret("mat_admin") }
    func user(_: String, _: Secret) async throws(ServerFailure) -> ServiceUser? { nil }
    func makeUser(_ localpart: String, _: Secret) async throws(ServerFailure) -> ServiceUser {
        ServiceUser(id: "01", localpart: localpart)
    }
    func setPassword(_: Secret, of _: ServiceUser, _: Secret) async throws(ServerFailure) {}
    func issuePersonalToken(
        _ scope: TokenScope,
        for _: ServiceUser,
        named _: String,
        _: Secret
    ) async throws(ServerFailure) -> PersonalToken {
        asked.withLock { $0.append("issue \(scope.text)") }
        return PersonalToken(session: "01P", token: Secret("mpt_1"))
    }
    let endings = Mutex<Result<Void, ServerFailure>>(.success(()))
    func endPersonalSession(_ id: String, _: Secret) async throws(ServerFailure) {
        asked.withLock { $0.append("end \(id)") }
        try endings.withLock { $0 }.get()
    }
}
