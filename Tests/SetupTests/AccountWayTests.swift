import Setup
import Testing

@Suite struct AccountWayTests {
    private static let synapse = server(.synapse)
    private static let delegated: ServerFacts = {
        var facts = server(.synapse)
        facts.authentication = AuthenticationMetadata(issuer: "https://auth.example.org/")
        return facts
    }()

    private static func server(_ flavour: ServerFacts.Flavour, flows: [String] = ["m.login.password"]) -> ServerFacts {
        ServerFacts(baseURL: "https://a.org", flavour: flavour, loginFlows: flows.map { LoginFlow($0) })
    }

    private static func means(_ change: (inout AccountMeans) -> Void) -> AccountMeans {
        var means = AccountMeans()
        change(&means)
        return means
    }

    @Test(
        arguments: [
            (
                means {
                    $0.hasToken = true; $0.hasSharedSecret = true
                }, synapse, .token
            ),
            (
                means {
                    $0.hasAppservice = true; $0.hasPassword = true
                }, synapse, .appservice
            ),
            (
                means {
                    $0.hasSharedSecret = true; $0.hasPassword = true
                }, synapse, .sharedSecret
            ),
            (means { $0.hasSharedSecret = true }, server(.dendrite), .sharedSecret),
            (means { $0.hasSharedSecret = true }, server(.other), .sharedSecret),
            (means { $0.hasAdminToken = true }, synapse, .adminToken),
            (
                means {
                    $0.hasAdminToken = true; $0.hasPassword = true
                }, synapse, .adminToken
            ),
            (
                means {
                    $0.hasAdminToken = true; $0.hasPassword = true; $0.hasBegun = true
                }, synapse, .password
            ),
            (
                means {
                    $0.hasAdminToken = true; $0.hasPassword = true
                }, server(.dendrite), .password
            ),
            (
                means {
                    $0.hasRegistrationToken = true; $0.hasPassword = true
                }, synapse, .registrationToken
            ),
            (means { $0.registersOpenly = true }, server(.conduit), .openRegistration),
            (means { $0.hasPassword = true }, server(.conduit), .password),
            (means { $0.hasPassword = true }, delegated, .password),
            (
                means {
                    $0.hasServiceAdmin = true; $0.hasServiceCommand = true; $0.usesDeviceGrant = true
                }, delegated, .serviceAdmin
            ),
            (
                means {
                    $0.hasServiceCommand = true; $0.usesDeviceGrant = true; $0.hasSharedSecret = true
                }, delegated, .serviceCommand
            ),
            (
                means {
                    $0.usesDeviceGrant = true; $0.hasPassword = true
                }, delegated, .deviceGrant
            ),
        ] as [(AccountMeans, ServerFacts, AccountWay)]
    )
    func `chooses the best of what is given`(_ means: AccountMeans, on server: ServerFacts, way: AccountWay) throws {
        #expect(try AccountWay.choose(means, on: server, localpart: "bot", wantsAdmin: false) == way)
    }

    @Test(
        arguments: [
            (means { $0.hasSharedSecret = true }, delegated, "the registration secret does nothing there", .failed),
            (means { $0.hasAdminToken = true }, delegated, "Synapse makes no accounts there", .failed),
            (means { _ in }, delegated, "it takes no registration of ours", .failed),
            (means { $0.hasRegistrationToken = true }, delegated, "it takes no registration of ours", .failed),
            (means { $0.hasSharedSecret = true }, server(.conduit), "has no registration by a shared secret", .failed),
            (
                means { $0.hasPassword = true }, server(.synapse, flows: ["m.login.sso"]),
                "takes no passwords: it offers m.login.sso", .failed
            ),
            (means { _ in }, synapse, "nothing is given", .usage),
            (means { $0.usesDeviceGrant = true }, synapse, "names no authentication service", .usage),
            (means { $0.hasServiceCommand = true }, server(.dendrite), "keeps accounts itself", .usage),
        ] as [(AccountMeans, ServerFacts, String, StepFailure.Kind)]
    )
    func `says why none will do`(
        _ means: AccountMeans,
        on server: ServerFacts,
        says text: String,
        kind: StepFailure.Kind
    ) throws {
        let failure = #expect(throws: StepFailure.self) {
            try AccountWay.choose(means, on: server, localpart: "bot", wantsAdmin: true)
        }
        #expect(failure?.cause.contains(text) == true, "\(failure?.cause ?? "")")
        #expect(failure?.kind == kind)
        #expect(failure?.cure.isEmpty == false)
        if server.isDelegated {
            let line = "    mas-cli manage issue-compatibility-token --yes-i-want-to-grant-synapse-admin-privileges bot"
            #expect(failure?.cure.contains(line) == true)
        }
    }

    @Test func `a login that nobody routes is told apart`() {
        var server = Self.delegated
        server.loginFlows = nil
        server.isLoginUnrouted = true
        let failure = #expect(throws: StepFailure.self) {
            try AccountWay.choose(Self.means { $0.hasPassword = true }, on: server, localpart: "bot", wantsAdmin: false)
        }
        #expect(failure?.cause.contains("the proxy does not pass it on to that service") == true)
    }

    @Test func `each kind of failure has an exit code of its own`() {
        #expect(StepFailure("a", "b", cure: "c").exitStatus == 1)
        #expect(StepFailure("a", "b", cure: "c", kind: .usage).exitStatus == 2)
        #expect(StepFailure("a", "b", cure: "c", kind: .refused).exitStatus == 3)
    }
}
