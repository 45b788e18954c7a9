import JSON
import Testing

/// A homeserver that leaves accounts to an authentication service is recognised, and said to be one.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10)))
struct SetupDelegationTests {
    /// What Synapse 1.163 answers behind the Matrix Authentication Service 1.22.
    private static func answer(_ target: String, routesLogin: Bool) -> [UInt8] {
        let path = String(target.prefix { $0 != "?" })
        switch path {
        case "/_matrix/client/versions": return json(["versions": ["v1.11"], "unstable_features": [:]])
        case "/_synapse/admin/v1/server_version": return json(["server_version": "1.163.2"])
        case "/_matrix/client/v1/auth_metadata": return json(["issuer": "https://auth.example.org/"])
        case "/_matrix/client/v3/login" where routesLogin:
            return json([
                "flows": [
                    ["type": "m.login.password"],
                    ["type": "m.login.sso", "org.matrix.msc3824.delegated_oidc_compatibility": true],
                ]
            ])
        default: return json(["errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"], 404)
        }
    }

    private static func json(_ value: JSONValue, _ status: Int = 200) -> [UInt8] {
        CannedServer.answer(status, "application/json", String(decoding: value.encoded(), as: UTF8.self))
    }

    @Test(arguments: [
        (["--registration-shared-secret-file"], "the registration secret does nothing there", true),
        (["--admin-access-token-file"], "Synapse makes no accounts there", true),
        ([], "it takes no registration of ours", true),
        (["--password-file"], "the proxy does not pass it on to that service", false),
    ])
    func `what does not work there is told with the lines that do`(
        _ flags: [String],
        says text: String,
        routesLogin: Bool
    ) async throws {
        let server = try CannedServer { Self.answer($0, routesLogin: routesLogin) }
        defer { server.stop() }
        let command = try SetupCommand(await Synapse.shared())
        let secret = try command.secretFile("secret", "anything")
        let outcome = try await command.run(
            [
                "setup", "--non-interactive", "--directory", command.directory, "--homeserver", server.url,
                "--manager", "@a:b", "--server-admin",
            ] + flags + (flags.isEmpty ? [] : [secret])
        )
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("accounts at https://auth.example.org/"))
        #expect(outcome.errors.contains(text), "\(outcome.errors)")
        let line = "mas-cli manage issue-compatibility-token --yes-i-want-to-grant-synapse-admin-privileges draupnir"
        #expect(outcome.errors.contains("    \(line)\n    mas-cli manage provision-all-users\n"))
        if routesLogin { #expect(outcome.errors.contains("    mas-cli manage register-user --yes draupnir\n")) }
    }
}
