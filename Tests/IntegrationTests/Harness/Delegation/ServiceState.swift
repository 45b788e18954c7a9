import JSON

/// Users, sessions and grants of the stubbed service.
struct ServiceState {
    struct User {
        let id: String
        let localpart: String
        var password: String?
        var isLocked = false
        var isDeactivated = false
    }

    struct Pair {
        var access: String
        var refresh: String?
        var end: ContinuousClock.Instant?
    }

    final class Session {
        let localpart: String
        let device: String?
        let scope: String
        var pair: Pair
        /// Issued by a refresh, and not used yet: the old refresh token goes on working until it is.
        var next: Pair?
        var isRevoked = false

        init(_ localpart: String, device: String?, scope: String, _ pair: Pair) {
            self.localpart = localpart
            self.device = device
            self.scope = scope
            self.pair = pair
        }
    }

    struct Grant {
        let userCode: String
        let scope: String
        let client: String
        var localpart: String?
        var isDenied = false
        var isUsed = false
    }

    var options: DelegatedHomeserver.Options
    let issuer: String
    var users: [String: User] = [:]
    var synapseTokens: [String: String] = [:]
    var sessions: [Session] = []
    var grants: [String: Grant] = [:]
    var clients: Set<String> = []
    var requests: [DelegatedHomeserver.Request] = []
    var violations: [String] = []
    /// The service cannot be reached by Synapse.
    var isDown = false
    private var count = 0

    init(options: DelegatedHomeserver.Options, issuer: String) {
        self.options = options
        self.issuer = issuer
    }

    static let api = "client:api:*"
    static let synapseAdmin = "urn:synapse:admin:*"

    mutating func newText(_ prefix: String) -> String {
        count += 1
        return "\(prefix)\(count)x\(uniqueSuffix())"
    }

    @discardableResult
    mutating func add(_ localpart: String, password: String?) -> User {
        let user = User(id: newText("01ARZ3NDEKTSV4RRFFQ69G"), localpart: localpart, password: password)
        users[localpart] = user
        return user
    }

    mutating func open(
        _ localpart: String,
        device: String?,
        scope: String,
        kind: (access: String, refresh: String)?,
        access: String? = nil
    ) -> Session {
        let pair =
            kind.map {
                Pair(access: newText($0.access), refresh: newText($0.refresh), end: .now + options.tokenLifetime)
            }
            ?? Pair(access: access ?? newText("mct_"), refresh: nil, end: nil)
        let session = Session(localpart, device: device, scope: scope, pair)
        sessions.append(session)
        return session
    }

    /// The session that an access token opens now; a token of a refresh ends the pair before it.
    func session(_ token: String) -> Session? {
        for session in sessions where !session.isRevoked {
            if let next = session.next, next.access == token { (session.pair, session.next) = (next, nil) }
            guard session.pair.access == token, session.pair.end.map({ $0 > .now }) ?? true,
                users[session.localpart]?.isLocked != true, users[session.localpart]?.isDeactivated != true
            else { continue }
            return session
        }
        return nil
    }

    /// The new pair of a refresh token; nil where it is dead.
    mutating func refresh(_ token: String, kind: (access: String, refresh: String)) -> Pair? {
        for session in sessions where !session.isRevoked {
            if let next = session.next, next.refresh == token { (session.pair, session.next) = (next, nil) }
            guard session.pair.refresh == token else { continue }
            let pair = Pair(
                access: newText(kind.access),
                refresh: newText(kind.refresh),
                end: .now + options.tokenLifetime
            )
            session.next = pair
            return pair
        }
        return nil
    }

    /// Notes a request whose fields are not those of the recorded one.
    mutating func compare(_ fields: some Collection<String>, with recording: ServiceAnswer, _ what: String) {
        let (sent, real) = (Set(fields), recording.fields)
        if sent != real { violations.append("\(what): sent \(sent.sorted()), a real one was \(real.sorted())") }
    }
}
