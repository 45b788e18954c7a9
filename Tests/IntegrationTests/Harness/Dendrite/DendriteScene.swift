import MatrixCore
import Testing

/// The program, told that the homeserver is Dendrite.
struct DendriteScene {
    let server: RecordedDendrite
    let command: SetupCommand
    let manager: TestClient
    let localpart = "draupnir-" + uniqueSuffix()

    init(_ options: RecordedDendrite.Options = .init(), password: String? = nil, isAdmin: Bool = false) async throws {
        let synapse = try await Synapse.shared()
        server = try RecordedDendrite(synapse, options)
        manager = try await synapse.register("manager")
        var command = try SetupCommand(synapse)
        command.url = server.url
        self.command = command
        try await server.provision(localpart, password: password, isAdmin: isAdmin)
    }

    func run(_ words: [String], _ more: [String]) async throws -> SetupCommand.Outcome {
        try await command.run(
            words + [
                "--non-interactive", "--homeserver", server.url, "--directory", command.directory, "--localpart",
                localpart,
            ] + more
        )
    }

    func setUp(_ more: [String]) async throws -> SetupCommand.Outcome {
        try await run(["setup"], ["--manager", manager.userID.rawValue, "--json"] + more)
    }

    func create(_ more: [String]) async throws -> SetupCommand.Outcome {
        try await run(["account", "create"], more)
    }

    /// A file as Dendrite's sample.
    func configuration(_ secret: String = RecordedDendrite.secret, _ exempt: String = "") throws -> String {
        let text =
            "version: 2\nglobal:\n  server_name: synapse.test\nclient_api:\n  registration_shared_secret: \"\(secret)\"\n\n  rate_limiting:\n"
            + "    enabled: true\n    threshold: 20\n    cooloff_ms: 500\n    exempt_user_ids:\(exempt)\n\nsync_api:\n  x: 1"
        return try command.secretFile("dendrite.yaml", text)
    }

    var token: String { command.read(command.directory + "/secrets/access-token") }

    func expectNothingKept() {
        #expect(!command.exists(command.directory + "/secrets/access-token"))
        #expect(!command.exists(command.directory + "/secrets/account-password"))
        #expect(!command.exists(command.directory + "/production.yaml"))
    }
}
