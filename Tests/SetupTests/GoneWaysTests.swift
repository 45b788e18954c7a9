import FoundationEssentials
import MatrixCore
import Moderation
import Observability
import Setup
import TestSupport
import Testing

/// What Synapse leaves out under an authentication service must not be suggested there.
@Suite(.timeLimit(.minutes(2))) struct GoneWaysTests {
    private static let gone = [
        "register_new_matrix_user", "admin/v1/register", "registration_shared_secret", "--registration-shared-secret",
        "--homeserver-config", "--registration-token", "registration_tokens", "reset_password", "account/password",
        "account/deactivate", "logout/all", "/admin'", "/admin)", "/login'", #""admin": true"#, #""locked""#,
        #""deactivated""#, "delete_devices",
    ]

    private func check(_ text: String) {
        let way = Self.gone.first { text.contains($0) }
        #expect(way == nil, "\(text)")
    }

    /// Every server of the kind: routed or not, with passwords and device grant or without.
    private static let servers: [ServerFacts] = {
        var servers: [ServerFacts] = []
        for flows in [nil, [LoginFlow("m.login.sso", isDelegated: true)], [LoginFlow("m.login.password")]]
            as [[LoginFlow]?]
        {
            for device in [nil, "https://auth/device"] as [String?] {
                let service = AuthenticationMetadata(
                    issuer: "https://auth/",
                    tokenEndpoint: "https://auth/t",
                    deviceEndpoint: device
                )
                servers.append(
                    ServerFacts(
                        baseURL: "https://a.org",
                        flavour: .synapse,
                        loginFlows: flows,
                        isLoginUnrouted: flows == nil,
                        authentication: service
                    )
                )
            }
        }
        let trouble = ServerFailure("GET auth_metadata", .trouble(status: 502, ""))
        return servers + [ServerFacts(baseURL: "https://a.org", flavour: .synapse, authenticationTrouble: trouble)]
    }()

    @Test(arguments: servers) private func `by the choice of a way`(_ server: ServerFacts) {
        var texts: Set<String> = []
        for bits in 0..<(1 << 10) {
            var means = AccountMeans()
            func has(_ bit: Int) -> Bool { bits & (1 << bit) != 0 }
            (means.hasSharedSecret, means.hasAdminToken, means.hasRegistrationToken) = (has(0), has(1), has(2))
            (means.hasPassword, means.hasBegun, means.registersOpenly) = (has(3), has(4), has(5))
            (means.hasServiceAdmin, means.hasServiceCommand, means.usesDeviceGrant) = (has(6), has(7), has(8))
            do throws(StepFailure) {
                let way = try AccountWay.choose(means, on: server, localpart: "bot", wantsAdmin: has(9))
                #expect([.serviceAdmin, .serviceCommand, .deviceGrant, .password].contains(way))
            } catch { texts.insert(error.text) }
        }
        for text in texts { check(text) }
    }

    @Test(arguments: servers) private func `by any check of doctor`(_ server: ServerFacts) throws {
        var texts: Set<String> = []
        for test in DoctorChecksTests.cases {
            for isAdmin in [true, false] {
                var facts = try DoctorChecksTests.sound()
                try test.change(&facts)
                if facts.server != nil { facts.server = server }
                facts.isAdmin = isAdmin
                facts.doesAdminTokenWork = nil
                facts.record?.isLocked = true
                for result in facts.results where server.isDelegated {
                    texts.insert(([result.code, result.cause] + result.cure).joined(separator: "\n"))
                }
            }
        }
        for text in texts { check(text) }
    }

    @Test func `by setup, whatever is answered`() throws {
        let text = try String(contentsOfFile: Recording.fixtures("told/mas-setup.txt"), encoding: .utf8)
        check(text)
        #expect(text.contains("mas-cli manage"))
    }

    @Test(arguments: [
        ("synapse_admin", "whois by a plain user of another"), ("synapse_admin", "set admin v1"),
        ("compat_login", "whoami, token of the right shape never issued"),
        ("outage", "MAS down: whoami with a token not introspected lately"),
        ("admin_api_sessions", "unknown resource"),
    ])
    func `by the steps that need an admin`(_ file: String, _ name: String) async throws {
        let refusal = try RecordedWorld.recorded(file, name)
        let list = try RecordedWorld.recorded(
            "synapse_admin",
            "list users v2 with guests=false: compat token issued with Synapse admin rights"
        )
        for mayList in [true, false] {
            let answers = [
                "GET /_synapse/admin/v1/users": [refusal], "GET /_synapse/admin/v2/users": [mayList ? list : refusal],
            ]
            try await RecordedWorld.with(answers) { world in
                let steps: [any SetupStep] = [
                    GrantAdmin(), GrantAdmin(.grant), LiftRateLimits(), LiftRateLimits(isRequired: true),
                    ShowRateLimit(),
                ]
                for step in steps {
                    for admin in [nil, Secret("mct_admin")] {
                        guard var run = await world.obtain({ RecordedWay.token.fill(&$0, world.bench) }).run else {
                            continue
                        }
                        run.adminToken = admin
                        run.isServerAdmin = mayList
                        do throws(StepFailure) { _ = try await step.perform(&run, world.tools) } catch {
                            check(error.text)
                        }
                        check(run.advice.map { ([$0.text] + $0.cure).joined(separator: "\n") }.joined())
                    }
                }
                #expect(world.requests.allSatisfy { $0.method != "PUT" }, "nobody is made an admin there")
            }
        }
    }
}
