import Synchronization
import FoundationEssentials
import Setup
import TestSupport
import Testing

/// What setup makes of recorded answers of the Matrix Authentication Service and of Synapse behind it, from the request to
/// the words that the operator reads.
///
/// `Tests/Fixtures/told/mas-setup.txt` holds the words; after a change run this with `REWRITE_TOLD=1` and read the difference.
@Suite(.timeLimit(.minutes(2))) struct RecordedTroubleTests {
    struct Scene: Sendable {
        let title: String
        let way: RecordedWay
        var answers: [String: [(file: String, name: String)]] = [:]
        var commands: [(file: String, name: String)] = []
        var asAdmin = false
    }

    @Test func `every answer that can meet setup is told with its cure`() async throws {
        var told: [String] = []
        for scene in Self.scenes {
            let answers = try scene.answers.mapValues { try $0.map { try RecordedWorld.recorded($0.file, $0.name) } }
            let outputs = try scene.commands.map { try RecordedWorld.said($0.file, $0.name) }
            let text = try await RecordedWorld.with(answers) { world in
                world.bench.commands.withLock { $0 = outputs }
                let outcome = await world.obtain { wishes in
                    scene.way.fill(&wishes, world.bench)
                    wishes.wantsServerAdmin = scene.asAdmin
                }
                let advice =
                    outcome.run?.advice.map { advice in
                        let lines = advice.cure.map { $0.hasPrefix("    ") ? "\($0)\n" : "  → \($0)\n" }
                        return "advice: \(advice.text)\n" + lines.joined()
                    }.joined() ?? ""
                return (outcome.failure?.text ?? "no failure\n") + advice
            }
            told.append("== --\(scene.way.rawValue): \(scene.title)\n" + text)
        }
        let path = Recording.fixtures("told/mas-setup.txt")
        if ProcessInfo.processInfo.environment["REWRITE_TOLD"] != nil {
            try told.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n\n")
        #expect(told.count == expected.count)
        for (said, expected) in zip(told, expected) { #expect(said.drop(after: "\n") == expected.drop(after: "\n")) }
    }

    private static let login = "POST /_matrix/client/v3/login"
    private static let flows = "GET /_matrix/client/v3/login"
    private static let whoami = "GET /_matrix/client/v3/account/whoami"
    private static let lookup = "GET /api/admin/v1/users/by-username"
    private static let making = "POST /api/admin/v1/users"
    private static let personal = "POST /api/admin/v1/personal-sessions"
    private static let credentials = "POST /oauth2/token client_credentials"
    private static let poll = "POST /oauth2/token device_code"
    private static let forgetful = " (a proxy that forgets the compat endpoints)"
    private static let dead = ("compat_login", "whoami, token of the right shape never issued")

    static let scenes: [Scene] =
        [
            Scene(
                title: "a proxy that forgets the service",
                way: .password,
                answers: [
                    flows: [("discovery", "login flows, straight to Synapse" + forgetful)],
                    login: [("discovery", "password login, straight to Synapse" + forgetful)],
                ]
            ),
            Scene(
                title: "passwords are switched off",
                way: .password,
                answers: [flows: [("features_off", "passwords off: login flows")]]
            ),
            Scene(
                title: "Synapse is down",
                way: .password,
                answers: [login: [("outage", "Synapse down: compat login at MAS")]]
            ),
            Scene(
                title: "the fourth login in a minute",
                way: .password,
                answers: [login: [("rate_limits", "right password, one address, login 4")]]
            ),
            Scene(
                title: "a token that ends after five minutes and can be renewed",
                way: .password,
                answers: [login: [("compat_login", "refresh_token: true")]]
            ),
        ]
        + ["locked user", "locked user, wrong password", "wrong password", "unknown user", "deactivated user"].map {
            Scene(title: $0, way: .password, answers: [login: [("compat_login", $0)]])
        }
        + [
            Scene(title: "a token that was never issued, or has ended", way: .token, answers: [whoami: [dead]]),
            Scene(
                title: "the service is down",
                way: .token,
                answers: [whoami: [("outage", "MAS down: whoami with a token not introspected lately")]]
            ),
        ]
        + client + browser + command

    private static let client: [Scene] =
        [
            ("a wrong secret", [credentials: [("oauth_client_credentials", "client_credentials, wrong secret")]]),
            (
                "a client that is not listed",
                [
                    credentials: [
                        ("oauth_client_credentials", "client_credentials with urn:mas:admin, client not listed")
                    ]
                ]
            ),
            ("no admin API", [lookup: [("admin_api_sessions", "unknown resource")]]),
            ("made by another meanwhile", [making: [("admin_api", "create user: taken")]]),
            (
                "a name that an application service has",
                [
                    making: [
                        (
                            "admin_api",
                            "create user: reserved on the homeserver (an application service's exclusive namespace)"
                        )
                    ]
                ]
            ),
            ("a name that is illegal there", [making: [("admin_api", "create user: illegal name")]]),
            ("a request that it does not understand", [making: [("admin_api", "create user: username missing")]]),
            ("Synapse is down", [making: [("outage", "Synapse down: create user at the admin API")]]),
            (
                "passwords are switched off",
                ["POST /api/admin/v1/users/": [("features_off", "passwords off: set password at the admin API")]]
            ),
            (
                "a password that is too weak",
                ["POST /api/admin/v1/users/": [("admin_api", "set password: weak")]]
            ),
            ("a locked account", [lookup: [("admin_api", "get a locked user")]]),
            ("no personal tokens yet", [personal: [("admin_api_sessions", "unknown resource")]]),
            (
                "deactivated meanwhile",
                [personal: [("personal_sessions", "create for a deactivated actor")]]
            ),
            (
                "a token that is issued and refused",
                [whoami: [("personal_sessions", "whoami at Synapse, personal token of a locked actor")]]
            ),
            (
                "a token without the Matrix API",
                [whoami: [("oauth_device_grant", "whoami at Synapse of a token without the Matrix API scope")]]
            ),
            ("the service goes down", [whoami: [("outage", "MAS down: whoami with a token not introspected lately")]]),
        ].map { Scene(title: $0.0, way: .client, answers: $0.1) }
        + [
            Scene(
                title: "no personal tokens yet, and admin rights wanted",
                way: .client,
                answers: [personal: [("admin_api_sessions", "unknown resource")]],
                asAdmin: true
            )
        ]
        + ["no token", "token never issued", "token without the scope (a compat token)", "token of no known shape"].map
    {
        Scene(title: $0, way: .adminToken, answers: [lookup: [("admin_api", $0)]])
    } + [
        Scene(
            title: "an admin's token that has ended",
            way: .adminToken,
            answers: [lookup: [("expiry", "the same at the MAS admin API (an admin's token)")]]
        )
    ]

    private static let browser: [Scene] =
        [
            (
                "the grant is switched off, and left out in silence",
                ["POST /oauth2/registration": [("features_off", "device grant off: client registration asking for it")]]
            ),
            (
                "registration is refused",
                ["POST /oauth2/registration": [("oauth_client_registration", "refused: client_uri not https")]]
            ),
            (
                "the grant is switched off for a client of before",
                ["POST /oauth2/device": [("features_off", "device grant off: start, by a client registered before")]]
            ),
            ("an unknown client", ["POST /oauth2/device": [("oauth_device_grant", "start: unknown client")]]),
            (
                "a client without the grant",
                ["POST /oauth2/device": [("oauth_device_grant", "start: client that did not register the grant")]]
            ),
            ("denied", [poll: [("oauth_device_grant", "poll: pending"), ("oauth_device_grant", "poll: denied")]]),
            ("too late", [poll: [("expiry_device_code", "device code past its 1200 s: poll")]]),
            ("a code used twice", [poll: [("oauth_device_grant", "poll: the code used twice")]]),
            ("the grant is switched off while it waits", [poll: [("features_off", "device grant off: poll")]]),
            ("an error that stays", [poll: [("oauth_device_grant", "poll: device_code left out")]]),
            (
                "a token without the Matrix API",
                [whoami: [("oauth_device_grant", "whoami at Synapse of a token without the Matrix API scope")]]
            ),
        ].map { Scene(title: $0.0, way: .browser, answers: $0.1) } + [
            Scene(
                title: "the page refuses the admin scope, and the grant stays pending",
                way: .browser,
                answers: [poll: [("oauth_device_grant", "poll after the page refused the admin scope")]],
                asAdmin: true
            ),
            Scene(
                title: "the page refuses the scope, and the grant stays pending",
                way: .browser,
                answers: [poll: [("oauth_device_grant", "poll after the page refused the mixed names")]]
            ),
        ]

    private static let command: [Scene] =
        ["illegal name", "name in an application service's exclusive namespace", "weak password"].map {
            Scene(title: $0, way: .command, commands: [("cli", "register-user: " + $0)])
        }
        + ["database not reached", "homeserver not reached", "wrong shared secret"].map {
            Scene(title: $0, way: .command, commands: [("cli_outage", "register-user: " + $0)])
        }
        + [
            Scene(title: "a command that it does not know", way: .command, commands: [("cli", "unknown subcommand")]),
            Scene(
                title: "Synapse does not take the device",
                way: .command,
                commands: [
                    ("cli", "register-user: name taken"),
                    ("cli_outage", "issue-compatibility-token: homeserver not reached"),
                ]
            ),
            Scene(
                title: "no such account",
                way: .command,
                commands: [
                    ("cli", "register-user: name taken"), ("cli", "issue-compatibility-token: unknown user"),
                ]
            ),
            Scene(
                title: "a log level that hides the token",
                way: .command,
                commands: [
                    ("cli", "register-user: success with --yes"),
                    (
                        "cli_outage",
                        "issue-compatibility-token with RUST_LOG=warn in the environment (the token is a log line at level"
                            + " info: it is issued, and never shown)"
                    ),
                ]
            ),
            Scene(
                title: "a token for a locked account",
                way: .command,
                answers: [whoami: [dead]],
                commands: [
                    ("cli", "register-user: name taken"), ("cli", "issue-compatibility-token: locked user"),
                    ("cli", "provision-all-users"),
                ]
            ),
        ]
}

extension String {
    /// Without the separators at its end.
    fileprivate func drop(after end: Character) -> Substring {
        var text = self[...]
        while text.last == end { text.removeLast() }
        return text
    }
}
