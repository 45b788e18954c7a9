import MatrixCore
import Moderation
import Observability
import Setup
import TestSupport
import Testing

/// Doctor's lines under an authentication service, word for word: each code where all is well, and where it is not.
@Suite struct DelegatedDoctorTests {
    struct Line: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: String
        let text: String
        let change: @Sendable (inout DoctorFacts) -> Void

        init(
            _ code: String,
            _ name: String,
            _ text: String,
            _ change: @escaping @Sendable (inout DoctorFacts) -> Void = { _ in }
        ) {
            testDescription = "\(code): \(name)"
            (self.code, self.text, self.change) = (code, text, change)
        }
    }

    private static func facts() throws -> DoctorFacts {
        var facts = try DoctorChecksTests.sound()
        facts.token = Secret("mpt_x")
        facts.doesAdminTokenWork = nil
        facts.record = nil
        facts.server?.authentication = AuthenticationMetadata(
            issuer: "https://auth.a.org/",
            tokenEndpoint: "https://auth.a.org/oauth2/token",
            deviceEndpoint: "https://auth.a.org/oauth2/device"
        )
        return facts
    }

    private static let dead = ServerFailure(
        "GET whoami",
        .refused(status: 401, code: "M_UNKNOWN_TOKEN", message: "Token is not active")
    )
    private static let down = ServerFailure(
        "GET /_matrix/client/v3/account/whoami",
        .trouble(status: 503, "Unable to introspect the access token")
    )
    private static let issuing =
        "    mas-cli manage issue-compatibility-token --yes-i-want-to-grant-synapse-admin-privileges bot\n"
        + "    mas-cli manage provision-all-users"
    private static let oauth = "    draupnir login --homeserver https://a.org --directory . --oauth"
    private static let renewal = Credential(
        token: Secret("mat_x"),
        life: TokenLife(issued: 0, end: 300_000),
        renewal: .oauth(refreshToken: Secret("mar_x"), clientID: "C", tokenEndpoint: "https://auth.a.org/oauth2/token")
    )

    private static func isDead(_ facts: inout DoctorFacts) { (facts.identity, facts.identityFailure) = (nil, dead) }

    @Test(arguments: [
        Line(
            "ACC-2",
            "good",
            "ok https://auth.a.org/: accounts are with that service, with device authorization grant; Synapse's own ways to make"
                + " them are gone there"
        ),
        Line(
            "ACC-2",
            "without the grant",
            "ok https://auth.a.org/: accounts are with that service, without device authorization grant; Synapse's own ways to"
                + " make them are gone there"
        ) { $0.server?.authentication?.deviceEndpoint = nil },
        Line(
            "ACC-2",
            "a proxy that forgets it",
            "warn https://auth.a.org/: accounts are with that service, and the proxy does not pass /login on to it: passwords"
                + " cannot be used\nhave the proxy send /_matrix/client/*/(login|logout|refresh) to the authentication service"
        ) { $0.server?.isLoginUnrouted = true },
        Line(
            "ACC-2",
            "not told",
            "warn https://a.org: whether accounts are with an authentication service could not be told: the homeserver, or a"
                + " proxy before it, is in trouble and does not say why (status 502)\nsee what the homeserver answers, and mend"
                + " that:\n    curl -i https://a.org/_matrix/client/v1/auth_metadata"
        ) {
            $0.server?.authentication = nil
            $0.server?.authenticationTrouble = ServerFailure("GET auth_metadata", .trouble(status: 502, ""))
        },
        Line("ADM-1", "good", "ok @bot:a.org: is a server admin") { $0.isAdmin = true },
        Line("ADM-1", "bad", "warn @bot:a.org: is not a server admin\n\(issuing)") { $0.settings.reports.polls = true },
        Line("ADM-2", "good", "ok @bot:a.org: the token has the rights that the account has"),
        Line(
            "ADM-2",
            "bad",
            "warn @bot:a.org: Synapse has the account as an admin, which changes nothing under an authentication service: rights"
                + " come with the token's scope alone\n\(issuing)"
        ) {
            $0.record = AccountRecord()
            $0.record?.isAdmin = true
        },
        Line("ADM-3", "good", "ok @bot:a.org: is not an application service's account under an authentication service"),
        Line(
            "ADM-3",
            "bad",
            "warn bridge: an application service's account never has admin rights under an authentication service\nkeep a"
                + " separate admin's token in secrets/admin-access-token (draupnir setup --keep-admin-token)"
        ) {
            $0.record = AccountRecord()
            $0.record?.appservice = "bridge"
        },
        Line(
            "ADM-4",
            "bad",
            "fail @bot:a.org: without admin rights this does not work: fetching reports (pollReports)\nswitch it off, or make"
                + " the bot a server admin:\n\(issuing)"
        ) { $0.settings.reports.polls = true },
        Line("ACC-5", "a lock at Synapse, which does nothing", "ok @bot:a.org: is in good standing") {
            $0.record = AccountRecord()
            $0.record?.isLocked = true
        },
        Line(
            "ACC-5",
            "deactivated at Synapse, which serves its later tokens",
            "warn @bot:a.org: Synapse has it as deactivated, which ended its tokens of that time; this one came later, and works\n"
                + "nothing, as long as it works; to be rid of the mark, let the bot have another account"
        ) {
            $0.record = AccountRecord()
            $0.record?.isDeactivated = true
        },
        Line(
            "TOK-3",
            "of a known account",
            "fail token: the homeserver does not know the token; a device that mas-cli made is unknown to it at first\n    mas-cli"
                + " manage provision-all-users\nthen wait two minutes: Synapse remembers that long that it did not know the"
                + " token; if its account is locked:\n    mas-cli manage unlock-user helper"
        ) {
            isDead(&$0)
            $0.credential = Credential(token: Secret("mpt_x"), user: "@helper:a.org")
        },
        Line(
            "ACC-5",
            "suspended",
            "fail @bot:a.org: is suspended: what it does has no effect\nhave a token with admin rights issued where the"
                + " authentication service runs (no password login gives one):\n    mas-cli manage issue-compatibility-token"
                + " --yes-i-want-to-grant-synapse-admin-privileges ADMIN_LOCALPART\n    mas-cli manage provision-all-users\n"
                + "then, with that token (mct_…) in ADMIN_TOKEN:\n    curl -X PUT -H \"Authorization: Bearer $ADMIN_TOKEN\" -d"
                + " '{\"suspend\": false}' 'https://a.org/_synapse/admin/v1/suspend/%40bot%3Aa.org'"
        ) {
            $0.record = AccountRecord()
            $0.record?.isSuspended = true
        },
        Line(
            "TOK-1",
            "the service is down",
            "fail token: the token could not be tried: the homeserver cannot reach its"
                + " authentication service: Unable to introspect the access token (status 503)\nsee that the authentication service runs and"
                + " Synapse reaches it; the token may be good, so keep it; run there:\n    mas-cli doctor"
        ) {
            ($0.identity, $0.identityFailure) = (nil, down)
        },
        Line(
            "TOK-1",
            "dead",
            "fail token: the homeserver does not know the access token: it is mistyped, or was revoked by a logout, has ended,"
                + " or its account is locked\nlog in anew:\n\(oauth)",
            isDead
        ),
        Line(
            "TOK-2",
            "good",
            "ok token: a personal access token (mpt_), which lives as long as whoever issued it chose"
        ),
        Line(
            "TOK-2",
            "bad",
            "fail token: the access token is an OAuth access token (mat_), which dies within minutes: the bot would fall silent"
                + " today, and there is no refresh token with it\nlog in with the account's password (--password-file), which"
                + " gives a token that lasts, or have a server administrator run\n    mas-cli manage"
                + " issue-compatibility-token bot\n    mas-cli manage provision-all-users\nthen give the token that it prints"
                + " with --access-token-file"
        ) { $0.token = Secret("mat_x") },
        Line("TOK-2", "renewed", "ok token: one that ends by itself, and is renewed before") {
            ($0.token, $0.credential) = (Secret("mat_x"), renewal)
        },
        Line("TOK-3", "good", "ok token: the authentication service's token is known to the homeserver"),
        Line(
            "TOK-3",
            "bad",
            "fail token: the homeserver does not know the token; a device that mas-cli made is unknown to it at first\n    mas-cli"
                + " manage provision-all-users\nthen wait two minutes: Synapse remembers that long that it did not know the"
                + " token; if its account is locked:\n    mas-cli manage unlock-user LOCALPART",
            isDead
        ),
        Line("TOK-3", "merely ended", "ok token: the authentication service's token is known to the homeserver") {
            isDead(&$0)
            $0.credential = renewal
        },
        Line("TOK-7", "nothing to renew", "ok token: nothing has to be renewed"),
        Line(
            "TOK-7",
            "good",
            "ok token: is renewed at half of its life; the new pair is kept before the old is dropped"
        ) {
            $0.credential = renewal
        },
        Line(
            "TOK-7",
            "a proxy that forgets the service",
            "fail token: the token has to be renewed, and the homeserver's proxy does not pass /refresh on to the authentication"
                + " service\nhave the proxy send /_matrix/client/*/(login|logout|refresh) to the authentication service"
        ) {
            $0.credential = Credential(token: Secret("mct_x"), renewal: .matrix(refreshToken: Secret("mcr_x")))
            $0.server?.isLoginUnrouted = true
        },
        Line("TOK-8", "good", "ok token: does not expire by itself") { $0.token = Secret("mct_x") },
        Line("TOK-8", "to be renewed", "ok token: ends in 240 s") {
            ($0.credential, $0.nowMilliseconds) = (renewal, 60_000)
        },
        Line(
            "TOK-8",
            "not renewed",
            "warn token: it ended 10 s ago and was not renewed\nnothing, where the bot is not running; else look into its log,"
                + " and at the authentication service"
        ) { ($0.credential, $0.nowMilliseconds) = (renewal, 310_000) },
        Line("TOK-8", "dying", "fail token: it dies within minutes\nlog in for good:\n\(oauth)") {
            $0.token = Secret("mat_x")
        },
        Line(
            "NET-5",
            "good",
            "ok https://a.org: Synapse 1.163.2 at https://a.org, accounts at https://auth.a.org/; admin API; MSC4222 on; admin"
                + " rights by the token's scope"
        ),
        Line(
            "NET-5",
            "bad",
            "warn https://a.org: which software this is could not be told\nnothing: the bot uses what every"
                + " server has"
        ) { $0.server?.flavour = .other },
        Line(
            "RL-1",
            "an admin's token has to be had first",
            "warn @bot:a.org: whether the server limits the bot could not be read without admin rights\nhave a token with admin"
                + " rights issued where the authentication service runs (no password login gives one):\n    mas-cli manage"
                + " issue-compatibility-token --yes-i-want-to-grant-synapse-admin-privileges ADMIN_LOCALPART\n    mas-cli manage"
                + " provision-all-users\nthen, with that token (mct_…) in ADMIN_TOKEN:\n    curl -X POST -H \"Authorization:"
                + " Bearer $ADMIN_TOKEN\" -d '{\"messages_per_second\": 0, \"burst_count\": 0}'"
                + " 'https://a.org/_synapse/admin/v1/users/%40bot%3Aa.org/override_ratelimit'"
        ) { $0.rateLimit = nil },
    ])
    func `says`(_ line: Line) throws {
        var facts = try Self.facts()
        line.change(&facts)
        let result = try #require(facts.results.first { $0.code == line.code })
        let said = (["\(result.grade.rawValue) \(result.object): \(result.cause)"] + result.cure).joined(
            separator: "\n"
        )
        #expect(said == line.text)
    }

    @Test func `where nobody can log in by a password or a browser, mas-cli is what is left`() throws {
        var facts = try Self.facts()
        facts.server?.authentication?.deviceEndpoint = nil
        facts.server?.isLoginUnrouted = true
        Self.isDead(&facts)
        #expect(
            facts.results.first { $0.code == "TOK-1" }?.cure == [
                "log in anew:", "    mas-cli manage issue-compatibility-token draupnir",
                "    mas-cli manage provision-all-users", "with the token that it prints in FILE:",
                "    draupnir login --homeserver https://a.org --directory . --access-token-file FILE",
            ]
        )
    }
}
